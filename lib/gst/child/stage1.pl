# First stage of the child where there is perl: what stage1.ts does, in 2 ms, where Node takes 25 to start.
#
#   stage1.pl PRCTL RULESET COMMAND...
#
# PRCTL is the number of that system call, RULESET the file descriptor of a Landlock ruleset.

my ($prctl, $ruleset) = map { $_ + 0 } splice(@ARGV, 0, 2);

# the server, which made the ruleset, could not name this process: it may be read by itself (READ_FILE | READ_DIR)
sysopen(my $self, '/proc/self', 010000000) or die "/proc/self: $!\n"; # O_PATH
syscall(445, $ruleset, 1, pack('Q l', 0b1100, fileno($self)), 0) == 0 or die "landlock_add_rule failed: $!\n";

syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no_new_privs failed: $!\n"; # PR_SET_NO_NEW_PRIVS
syscall(446, $ruleset, 0) == 0 or die "landlock_restrict_self failed: $!\n";
open(my $held, '<&=', $ruleset) or die "$!\n";
fcntl($held, 2, 1); # F_SETFD, FD_CLOEXEC

$SIG{FPE} = 'DEFAULT'; # perl ignores it, and what is ignored stays so
exec { $ARGV[0] } @ARGV or die "$ARGV[0] could not be started: $!\n";
