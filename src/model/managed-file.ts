/** The first words of every file of ours; a file without them belongs to somebody else. */
export const MARK = '# Managed by tune';
/** The usual name of ours; `--outrank` puts letters before it. */
export const OUR_NAME = /^(?:zz+|~~+)-tune\.conf$/;
