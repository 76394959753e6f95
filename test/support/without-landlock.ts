/** A kernel that has no Landlock, as far as one process and its children can tell. */

/** Of prctl, in asm/unistd.h of these architectures. */
const prctlNumbers: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };

/** A filter of system calls: those of Landlock, 444 to 446 everywhere, are unknown (ENOSYS). Numbers as linux/seccomp.h has them. */
const script = `
my $prctl = shift;
my $filter = join '', map { pack 'SCCL', @$_ }
  [0x20, 0, 0, 0], [0x35, 0, 2, 444], [0x25, 1, 0, 446], [0x06, 0, 0, 0x00050000 | 38], [0x06, 0, 0, 0x7fff0000];
my $program = pack 'Sx6P', 5, $filter;
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!";
syscall($prctl, 22, 2, $program) == 0 or die "seccomp: $!";
exec { $ARGV[0] } @ARGV or die "exec: $!";`;

/** Words to put before a command; it keeps its process id. */
export function withoutLandlock(): string[] {
  const prctl = prctlNumbers[process.arch];
  if (prctl === undefined) throw new Error(`the number of prctl is not known for ${process.arch}`);
  return ['perl', '-e', script, String(prctl)];
}
