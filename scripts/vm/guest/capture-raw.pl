# Prints what the files named after __DATA__ hold, one record a line, fields separated by tabs, bytes in hexadecimal:
#   PATH KIND MODE UID GID SIZE ANSWER   with KIND file|directory|symlink|other (- when lstat fails: ANSWER tells why)
# ANSWER is text:HEX, names:HEX (separated by NUL), link:HEX or errno:NAME. Needs nothing beyond perl-base, which
# every Debian has. Each line after __DATA__ is `file PATH`, `tree PATH` (all below it), or `cgroup FILE` (the file of
# that name in the reader's own cgroup v2 and in each above it).
use strict;
use warnings;
use Errno;
use Fcntl qw(:mode O_RDONLY O_NONBLOCK);

my $SYSCTL_LIMIT = 64 * 1024;
my $FILE_LIMIT   = 1024 * 1024;

sub errno_name {
    my @names = sort grep { $!{$_} && !/^(EWOULDBLOCK|ENOTSUP|EDEADLOCK)$/ } keys %!;
    return "errno:" . ($names[0] // $! + 0);
}

# A /proc/sys file answers only the first read in full; a list in /proc/net needs many.
sub content {
    my ($path) = @_;
    sysopen(my $file, $path, O_RDONLY | O_NONBLOCK) or return errno_name();
    my $once  = $path =~ m{^/proc/sys/};
    my $limit = $once ? $SYSCTL_LIMIT : $FILE_LIMIT;
    my $text  = '';
    while (length $text < $limit) {
        my $got = sysread $file, $text, $limit - length $text, length $text;
        return errno_name() unless defined $got;
        last if $got == 0 || $once;
    }
    return "text:" . unpack 'H*', $text;
}

sub names {
    my ($path) = @_;
    opendir(my $folder, $path) or return (errno_name());
    my @names = sort grep { $_ ne '.' && $_ ne '..' } readdir $folder;
    return ("names:" . unpack('H*', join "\0", @names), @names);
}

sub record {
    my ($path, $deep) = @_;
    my @stat = lstat $path;
    return print join("\t", $path, ('-') x 5, errno_name()), "\n" unless @stat;
    my ($mode, $uid, $gid, $size) = @stat[ 2, 4, 5, 7 ];
    my ($kind, $answer, @below) = ('other', 'errno:EINVAL');
    if (S_ISLNK($mode)) {
        $kind = 'symlink';
        my $target = readlink $path;
        $answer = defined $target ? "link:" . unpack('H*', $target) : errno_name();
    } elsif (S_ISDIR($mode)) {
        $kind = 'directory';
        ($answer, @below) = names($path);
    } elsif (S_ISREG($mode)) {
        $kind = 'file';
        $answer = content($path);
    }
    print join("\t", $path, $kind, sprintf('%o', $mode & 07777), $uid, $gid, $size, $answer), "\n";
    return unless $deep;
    record("$path/$_", 1) for grep { !skipped("$path/$_") } @below;
}

# stat_refresh makes every processor fold its counters; looking into binfmt_misc mounts it.
sub skipped { return $_[0] =~ m{^/proc/sys/(?:vm/stat_refresh|fs/binfmt_misc)$} }

sub own_cgroups {
    my $own = content('/proc/self/cgroup');
    my ($path) = pack('H*', substr $own, 5) =~ /^0::(.*)$/m or return;
    my @folders = ('/sys/fs/cgroup');
    push @folders, "$folders[-1]/$_" for grep { length } split m{/}, $path;
    return @folders;
}

while (my $line = <DATA>) {
    chomp $line;
    my ($how, $path) = split / /, $line, 2;
    if ($how eq 'cgroup') {
        record("$_/$path", 0) for own_cgroups();
    } else {
        record($path, $how eq 'tree');
    }
}
