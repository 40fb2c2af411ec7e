/** The buffer settings that are held against each other. */

const MAX = 16_777_216;
const triple = (initial) => `4096 ${initial} ${MAX}`;

/** Each differs from the article's in the middle number only: the buffer a new socket begins with. */
export const IDLE = {
  article: { rmem: triple(4096), wmem: triple(4096) },
  today: { rmem: triple(131_072), wmem: triple(16_384) },
  large: { rmem: triple(1_048_576), wmem: triple(1_048_576) },
};

/** Which of the two lines does what. */
export const SPLIT = {
  today: IDLE.today,
  rmemOnly: { rmem: triple(4096), wmem: triple(16_384) },
  wmemOnly: { rmem: triple(131_072), wmem: triple(4096) },
  article: IDLE.article,
};

export const keysOf = ({ rmem, wmem }) => ({ 'net.ipv4.tcp_rmem': rmem, 'net.ipv4.tcp_wmem': wmem });
