/** A kernel with less Landlock than this one, or none, as far as one process and its children can tell. */

/** Of prctl and seccomp, in asm/unistd.h of these architectures. */
const numbers: Partial<Record<NodeJS.Architecture, [prctl: number, seccomp: number]>> = { x64: [157, 317], arm64: [167, 277] };

/**
 * A filter of system calls; numbers as linux/seccomp.h has them. Without Landlock its calls, 444 to 446 everywhere, are
 * unknown (ENOSYS). With less, a process on the side answers who asks for the version: a filter itself can give errors
 * only. Attributes that are longer than those of that version are refused (E2BIG), as that kernel would do.
 */
const script = `
my ($prctl, $seccomp, $abi) = splice @ARGV, 0, 3;
my ($allow, $errno, $ask) = (0x7fff0000, 0x00050000, 0x7fc00000);
my @none = ([0x20, 0, 0, 0], [0x35, 0, 2, 444], [0x25, 1, 0, 446], [0x06, 0, 0, $errno | 38], [0x06, 0, 0, $allow]);
my @less = (
  [0x20, 0, 0, 0], [0x15, 0, 4, 444],
  [0x20, 0, 0, 32], [0x15, 3, 0, 1], # flags: is the version asked for?
  [0x20, 0, 0, 24], [0x25, 2, 0, $abi >= 6 ? 24 : $abi >= 4 ? 16 : 8], # size of the attributes
  [0x06, 0, 0, $allow], [0x06, 0, 0, $ask], [0x06, 0, 0, $errno | 7]);
my @filter = $abi ? @less : @none;
my $filter = join '', map { pack 'SCCL', @$_ } @filter;
my $program = pack 'Sx6P', scalar(@filter), $filter;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";
my $listener = syscall($seccomp, 1, $abi ? 8 : 0, $program);
$listener >= 0 or die "seccomp: $!";
if ($abi) {
  my $command = $$;
  open my $questions, '+<&=', $listener or die "listener: $!";
  my $answering = fork // die "fork: $!";
  if (!$answering) {
    syscall($prctl, 1, 9, 0, 0, 0); # SIGKILL when the command ends
    close $_ for *STDIN, *STDOUT, *STDERR;
    while (getppid() == $command) {
      my $question = "\\0" x 80;
      ioctl $questions, 0xc0502100, $question or next;
      my $answer = pack 'Q q l L', unpack('Q', $question), $abi, 0, 0;
      ioctl $questions, 0xc0182101, $answer;
    }
    exit;
  }
  close $questions;
}
exec { $ARGV[0] } @ARGV or die "exec: $!";`;

/** Words to put before a command, which keeps its process id. @param abi that Landlock seems to have; 0: there is none */
export function withLandlock(abi: number): string[] {
  const known = numbers[process.arch];
  if (known === undefined) throw new Error(`the numbers of prctl and seccomp are not known for ${process.arch}`);
  return ['perl', '-e', script, ...known.map(String), String(abi)];
}
