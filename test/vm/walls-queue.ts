/**
 * TCP memory, met in a guest: one process holds both ends of many connections and writes to them, and nobody reads. What
 * the kernel itself counts says how many messages tcp_mem has room for, and whether a socket gets more beyond it.
 */
import type { Machine } from './machine.ts';

export interface QueueCount {
  /** Connections with an unread message when `sockstat` counted as many pages as were asked for. */
  readonly connections: number;
  /** TcpExt.TCPRcvQDrop: while there was room, and while each of some connections got a second, larger message beyond it. */
  readonly dropsBelow: number;
  readonly dropsBeyond: number;
}

/** Debian has Perl on every machine, and nothing else that opens sockets. */
const SCRIPT = String.raw`
use strict; use Socket; use Fcntl;
my ($most, $pages) = @ARGV;
my @SECOND = (500, 'x' x 4096);
sub text { open my $file, '<', $_[0] or die "$_[0]: $!"; local $/; <$file> }
sub queued { text('/proc/net/sockstat') =~ /^TCP:.* mem (\d+)/m; $1 }
sub drops {
  my ($names, $values) = map { [split ' '] } grep { /^TcpExt:/ } split /\n/, text('/proc/net/netstat');
  my %count; @count{@$names} = @$values; $count{TCPRcvQDrop};
}
my $listener;
socket($listener, PF_INET, SOCK_STREAM, 0) && bind($listener, sockaddr_in(5000, INADDR_LOOPBACK))
  && listen($listener, 1024) or die "listen: $!";
my (@clients, @servers);
my $before = drops();
while (queued() < $pages) {
  @servers < $most or die "only ", queued(), " pages with $most connections";
  for (1 .. 50) {
    # A port of its own choice: the kernel needs milliseconds for one when half of its range is taken.
    my $from = sockaddr_in(10000 + @clients % 20000, inet_aton('127.0.0.' . (2 + int(@clients / 20000))));
    my ($client, $server);
    socket($client, PF_INET, SOCK_STREAM, 0) && bind($client, $from)
      && connect($client, sockaddr_in(5000, INADDR_LOOPBACK)) && accept($server, $listener)
      or die "connect: $!";
    fcntl($server, F_SETFL, O_NONBLOCK);
    push @clients, $client; push @servers, $server;
    syswrite($server, 'x') == 1 or die "write: $!";
  }
}
my $below = drops() - $before;
my ($count, $second) = @SECOND;
syswrite($servers[$_], $second) for 0 .. $count - 1;
printf '{"connections": %d, "dropsBelow": %d, "dropsBeyond": %d}', scalar @servers, $below, drops() - $before - $below;
`;

/** Opens connections until so many pages are queued, at most so many. */
export async function fillTcpMemory(
  machine: Machine,
  mostConnections: number,
  pages: number,
): Promise<QueueCount> {
  await machine.writeFile('/run/fill.pl', SCRIPT);
  const output = await machine.check(
    `ulimit -n ${2 * mostConnections + 100}; perl /run/fill.pl ${mostConnections} ${pages}`,
    { timeoutSeconds: 180 },
  );
  return JSON.parse(output) as QueueCount;
}
