/*
 * The bare C reference: the same work as `tune soak --spread`, with nothing around it.
 *
 * Both ends on loopback in one network namespace. Server processes share one listener on one ip:port; client
 * processes bind an explicit source ip:port and connect without blocking, a window at a time. Every accepted socket
 * goes into epoll; then every client socket sends 8 bytes that only it sends, and compares the echo.
 * The schedule (how many clients and servers work at the same moment) and the drain (reset, no TIME_WAIT) are those
 * of the engine, so that the ratio shows the cost of the language and not of another plan.
 *
 * usage: soak CONNECTIONS SOCKETS_PER_PROCESS ACTIVE_CLIENTS ACTIVE_SERVERS PORT WINDOW FIRST_SOURCE PAUSE_US
 * PAUSE_US: what a server sleeps between two looks at a busy listener, as the engine's do; 0 for a plain epoll loop.
 * prints one JSON line; exit 0 when every connection was established and every echo came back right.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOW_PORT = 32768, HIGH_PORT = 60999, STEP_MS = 1, EVENTS = 512, MAX_WINDOW = 4096 };
enum { RAMP = 1, SWEEP, DRAIN };

struct shared {
  _Atomic int phase, connected, accepted, echoed, failed;
  _Atomic int ramped_clients, full_servers, swept_clients;
  _Atomic long rss_before, rss_after; /* kB of anonymous memory over all processes */
  _Atomic long ramp_cpu, sweep_cpu;   /* microseconds over all processes */
};
static struct shared *sh;
static int listener, window_size, pause_us;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void nap(void) {
  struct timespec t = {0, STEP_MS * 1000000L};
  nanosleep(&t, NULL);
}

static long rss_kb(void) {
  long resident = 0, shared = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (f) {
    if (fscanf(f, "%*d %ld %ld", &resident, &shared) != 2) resident = shared = 0;
    fclose(f);
  }
  return (resident - shared) * (sysconf(_SC_PAGESIZE) / 1024);
}

static long cpu_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void fail(const char *what) {
  if (atomic_fetch_add(&sh->failed, 1) == 0) fprintf(stderr, "%s: %s\n", what, strerror(errno));
}

static struct sockaddr_in address(uint32_t host_order, int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(host_order);
  return a;
}

static void serve(int index, int share, int active) {
  struct epoll_event events[EVENTS], e = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = listener};
  int ep = epoll_create1(0), listening = 0, taken = 0;
  char buffer[4096];
  long cpu = cpu_us();
  int seen = 0, busy = 0;
  atomic_fetch_add(&sh->rss_before, rss_kb());
  for (int phase; (phase = atomic_load(&sh->phase)) != DRAIN;) {
    if (seen != SWEEP && phase == SWEEP) atomic_fetch_add(&sh->ramp_cpu, cpu_us() - cpu), cpu = cpu_us(), seen = SWEEP;
    if (!listening && phase == RAMP && taken < share && index < atomic_load(&sh->full_servers) + active) {
      epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
      listening = 1;
    }
    if (busy && listening) usleep(pause_us);
    int n = epoll_wait(ep, events, EVENTS, listening || phase == SWEEP ? 20 : 2);
    busy = n > 0 && pause_us > 0;
    if (n == 0 && listening) n = 1, events[0] = e; /* a sibling that filled up may have eaten the wake-up */
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd != listener) {
        ssize_t got = read(fd, buffer, sizeof buffer);
        if (got > 0 && write(fd, buffer, got) != got) fail("server write");
        if (got == 0) close(fd);
        continue;
      }
      int batch = 0;
      for (; batch < 64 && taken < share; batch++) {
        int peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer < 0) {
          if (errno != EAGAIN) fail("accept4");
          break;
        }
        struct epoll_event mine = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = peer};
        if (epoll_ctl(ep, EPOLL_CTL_ADD, peer, &mine) < 0) fail("epoll_ctl");
        taken++;
      }
      atomic_fetch_add(&sh->accepted, batch);
      if (taken == share) {
        epoll_ctl(ep, EPOLL_CTL_DEL, listener, NULL);
        listening = 0;
        atomic_fetch_add(&sh->full_servers, 1);
      }
    }
  }
  atomic_fetch_add(&sh->sweep_cpu, cpu_us() - cpu);
  atomic_fetch_add(&sh->rss_after, rss_kb());
}

/* The accept queue is read from the listener itself, so that the clients never outrun the servers. */
static void wait_for_servers(void) {
  struct tcp_info info;
  for (int tries = 0; tries < 1000; tries++) {
    socklen_t size = sizeof info;
    if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return;
    if (info.tcpi_unacked * 2 <= info.tcpi_sacked) return;
    nap();
  }
}

static void ramp(int *fds, int share, struct sockaddr_in server, uint32_t source, int first_slot) {
  struct pollfd polls[MAX_WINDOW];
  const int width = HIGH_PORT - LOW_PORT + 1;
  for (int done = 0; done < share;) {
    int batch = share - done < window_size ? share - done : window_size;
    wait_for_servers();
    for (int i = 0; i < batch; i++) {
      int slot = first_slot + done + i, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      struct sockaddr_in from = address(source + slot / width, LOW_PORT + slot % width);
      if (fd < 0) fail("socket");
      if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) fail("bind");
      if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) fail("connect");
      fds[done + i] = fd;
      polls[i] = (struct pollfd){.fd = fd, .events = POLLOUT};
    }
    for (int open = batch; open > 0;) {
      if (poll(polls, batch, 5000) <= 0) {
        fail("poll");
        break;
      }
      for (int i = 0; i < batch; i++) {
        if (polls[i].revents == 0) continue;
        if (polls[i].revents & (POLLERR | POLLHUP)) fail("connect");
        polls[i].fd = -1;
        polls[i].revents = 0;
        open--;
      }
    }
    done += batch;
    atomic_fetch_add(&sh->connected, batch);
  }
}

static void sweep(const int *fds, int share, uint32_t id) {
  uint32_t sent[2], got[2];
  for (int first = 0; first < share; first += window_size) {
    int batch = share - first < window_size ? share - first : window_size;
    for (int i = 0; i < batch; i++) {
      sent[0] = id, sent[1] = first + i;
      if (write(fds[first + i], sent, 8) != 8) fail("write");
    }
    for (int i = 0; i < batch; i++) {
      ssize_t n;
      while ((n = read(fds[first + i], got, 8)) < 0 && errno == EAGAIN) {
        struct pollfd p = {.fd = fds[first + i], .events = POLLIN};
        if (poll(&p, 1, 5000) <= 0) break;
      }
      if (n != 8 || got[0] != id || got[1] != (uint32_t)(first + i)) fail("echo");
    }
    atomic_fetch_add(&sh->echoed, batch);
  }
}

static void run_client(int index, int share, int active, struct sockaddr_in server, uint32_t source, int first_slot) {
  int *fds = malloc(share * sizeof *fds);
  atomic_fetch_add(&sh->rss_before, rss_kb());
  while (atomic_load(&sh->phase) != RAMP || index >= atomic_load(&sh->ramped_clients) + active) nap();
  long cpu = cpu_us();
  ramp(fds, share, server, source, first_slot);
  atomic_fetch_add(&sh->ramp_cpu, cpu_us() - cpu);
  atomic_fetch_add(&sh->ramped_clients, 1);
  while (atomic_load(&sh->phase) != SWEEP || index >= atomic_load(&sh->swept_clients) + active) nap();
  cpu = cpu_us();
  sweep(fds, share, index);
  atomic_fetch_add(&sh->sweep_cpu, cpu_us() - cpu);
  atomic_fetch_add(&sh->swept_clients, 1);
  while (atomic_load(&sh->phase) != DRAIN) nap();
  atomic_fetch_add(&sh->rss_after, rss_kb());
}

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  int goal = atoi(argv[1]), per = atoi(argv[2]), clients = (goal + per - 1) / per;
  int active_clients = atoi(argv[3]), active_servers = atoi(argv[4]), on = 1;
  struct sockaddr_in server = address(INADDR_LOOPBACK, atoi(argv[5]));
  uint32_t source = ntohl(inet_addr(argv[7]));
  struct linger reset = {1, 0};
  window_size = atoi(argv[6]);
  pause_us = atoi(argv[8]);
  sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (window_size < 1 || window_size > MAX_WINDOW || bind(listener, (struct sockaddr *)&server, sizeof server) < 0 ||
      listen(listener, 65535) < 0) {
    perror("listen");
    return 2;
  }
  for (int i = 0; i < clients; i++) {
    int share = goal / clients + (i < goal % clients), first = i * (goal / clients) + (i < goal % clients ? i : goal % clients);
    for (int side = 0; side < 2; side++) {
      if (fork() != 0) continue;
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      side == 0 ? serve(i, share, active_servers) : run_client(i, share, active_clients, server, source, first);
      _exit(0); /* the kernel closes every socket */
    }
  }
  usleep(200000);
  double start = now(), ramped, swept;
  atomic_store(&sh->phase, RAMP);
  while (atomic_load(&sh->accepted) < goal && !atomic_load(&sh->failed)) nap();
  while (atomic_load(&sh->connected) < goal && !atomic_load(&sh->failed)) nap();
  ramped = now() - start;
  usleep(300000);
  start = now();
  atomic_store(&sh->phase, SWEEP);
  while (atomic_load(&sh->swept_clients) < clients && !atomic_load(&sh->failed)) nap();
  swept = now() - start;
  atomic_store(&sh->phase, DRAIN);
  start = now();
  while (wait(NULL) > 0) continue;
  printf("{\"connections\":%d,\"processes\":%d,\"rampSeconds\":%.4f,\"connectsPerSecond\":%.0f,\"sweepSeconds\":%.4f,"
         "\"echoesPerSecond\":%.0f,\"drainSeconds\":%.2f,\"rampCpuMicros\":%.2f,\"sweepCpuMicros\":%.2f,"
         "\"processBytesPerConnection\":%.1f,\"failed\":%d}\n",
         sh->accepted, clients, ramped, goal / ramped, swept, goal / swept, now() - start,
         (double)sh->ramp_cpu / goal, (double)sh->sweep_cpu / goal,
         (sh->rss_after - sh->rss_before) * 1024.0 / goal, sh->failed);
  return sh->failed == 0 && sh->echoed == goal ? 0 : 1;
}
