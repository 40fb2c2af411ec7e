import { systemdSysctl } from '../../src/boot/systemd-sysctl.ts';
import { campaignAgainst } from './support/sysctl-campaign.ts';

campaignAgainst('systemd', systemdSysctl);
