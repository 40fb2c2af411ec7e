import { procpsSysctl } from '../../src/boot/procps-sysctl.ts';
import { campaignAgainst } from './support/sysctl-campaign.ts';

campaignAgainst('procps', (tree, keys) => procpsSysctl(tree, keys));
