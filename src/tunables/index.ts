// Generated from the files in this folder by scripts/generate-registry.mjs; do not edit.
import type { Tunable } from '../model/tunable.ts';
import { tunable as tunable0 } from './net.ipv4.tcp_rmem.ts';

export const TUNABLES: readonly Tunable[] = [tunable0];
