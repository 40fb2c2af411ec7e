// Generated from the files in this folder by scripts/generate-registry.mjs; do not edit.
import type { Rule } from '../model/rule.ts';

export const RULES: readonly Rule[] = [];
