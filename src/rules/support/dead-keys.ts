/** Keys that guides still copy and kernels no longer have, or have without effect. */

export interface DeadKey {
  /** Matches the whole key in dots form. */
  readonly key: RegExp;
  readonly fate: 'removed' | 'renamed' | 'no-effect';
  /** First kernel release with this fate; null where only "gone or idle in every supported kernel" is known. */
  readonly since: string | null;
  readonly why: string;
  readonly instead: string;
}

const REMOVE = 'Remove the line.';

export const DEAD_KEYS: readonly DeadKey[] = [
  {
    key: /^net\.ipv4\.tcp_tw_recycle$/,
    fate: 'removed',
    since: '4.12',
    why: 'on older kernels it dropped connections from clients behind NAT',
    instead: 'Remove the line; for outgoing connections `net.ipv4.tcp_tw_reuse = 1` is the safe way.',
  },
  {
    key: /^net\.ipv4\.(netfilter\.)?ip_conntrack_\w+$/,
    fate: 'renamed',
    since: null,
    why: 'that is the name of 2.6 kernels',
    instead: 'Write the same setting as `net.netfilter.nf_conntrack_…`.',
  },
  {
    key: /^net\.ipv4\.(tcp_frto_response|tcp_abc|tcp_cookie_size|tcp_max_ssthresh|tcp_dma_copybreak|tcp_thin_dupack|tcp_avoid_\w+|inet_peer_gc_\w+|rt_cache_rebuild_count)$/,
    fate: 'removed',
    since: null,
    why: 'its mechanism is gone',
    instead: REMOVE,
  },
  {
    key: /^net\.ipv4\.route\.(gc_\w+|max_size)$/,
    fate: 'no-effect',
    since: '3.6',
    why: 'there is no IPv4 route cache to bound any more',
    instead: REMOVE,
  },
  {
    key: /^net\.ipv4\.tcp_low_latency$/,
    fate: 'no-effect',
    since: '4.14',
    why: 'the prequeue it switched off is gone',
    instead: REMOVE,
  },
  {
    key: /^net\.ipv4\.tcp_fack$/,
    fate: 'no-effect',
    since: '4.15',
    why: 'forward acknowledgements were replaced by RACK',
    instead: REMOVE,
  },
  {
    key: /^net\.ipv4\.tcp_adv_win_scale$/,
    fate: 'no-effect',
    since: '6.6',
    why: 'the kernel measures the overhead per socket',
    instead: REMOVE,
  },
  {
    key: /^net\.ipv4\.udp_wmem_min$/,
    fate: 'no-effect',
    since: null,
    why: 'UDP does not use it',
    instead: REMOVE,
  },
  { key: /^net\.core\.warnings$/, fate: 'no-effect', since: null, why: 'nothing reads it', instead: REMOVE },
];
