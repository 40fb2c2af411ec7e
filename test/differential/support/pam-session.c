/* Opens a PAM session for each user named on a line of standard input, in a child, and prints on one line what the
 * session got: the PAM result, then soft:hard of each resource by number. Prototypes are declared here so that no
 * header package is needed. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct pam_message;
struct pam_response;
struct pam_conv {
  int (*conv)(int, const struct pam_message **, struct pam_response **, void *);
  void *appdata_ptr;
};
typedef struct pam_handle pam_handle_t;
int pam_start(const char *, const char *, const struct pam_conv *, pam_handle_t **);
int pam_open_session(pam_handle_t *, int);

enum { PAM_CONV_ERR = 19, LIMITS = 15 };

static int refuse(int n, const struct pam_message **m, struct pam_response **r, void *d) {
  (void)n, (void)m, (void)r, (void)d;
  return PAM_CONV_ERR;
}

static void session(const char *user, int out) {
  const struct pam_conv conv = {refuse, NULL};
  pam_handle_t *handle = NULL;
  int result = pam_start("tune-test", user, &conv, &handle);
  if (result == 0) result = pam_open_session(handle, 0);
  char line[2048];
  int length = snprintf(line, sizeof line, "%d", result);
  for (int i = 0; i < LIMITS; i++) {
    struct rlimit limit;
    getrlimit(i, &limit);
    length += snprintf(line + length, sizeof line - (size_t)length, " %llu:%llu", (unsigned long long)limit.rlim_cur,
                       (unsigned long long)limit.rlim_max);
  }
  line[length++] = '\n';
  if (write(out, line, (size_t)length) != length) _exit(1);
  _exit(0);
}

/* One line for each session, whatever becomes of the child: a limit on CPU time may kill it after it has answered. */
static void answer(const char *user) {
  int ends[2];
  char line[2048];
  if (pipe(ends) != 0) _exit(1);
  pid_t child = fork();
  if (child == 0) {
    /* As few descriptors open as a program could have: libpam opens one more and fails when it may not. */
    if (dup2(ends[1], 1) != 1) _exit(1);
    close(ends[0]);
    close(ends[1]);
    session(user, 1);
  }
  close(ends[1]);
  ssize_t length = read(ends[0], line, sizeof line);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (length > 0)
    fwrite(line, 1, (size_t)length, stdout);
  else
    printf("died %d\n", status);
  fflush(stdout);
}

int main(void) {
  char user[256];
  while (fgets(user, sizeof user, stdin) != NULL) {
    user[strcspn(user, "\n")] = '\0';
    answer(user);
  }
  return 0;
}
