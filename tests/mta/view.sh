# Run as the first process of new mount, pid and uts namespaces: a fresh view of the root $1, put together at $2, with the folder $3 in it
# under its own path. Says its process id once all is there, and lives until its stdin ends. With it end the namespaces, and with them
# the mounts and every process.
set -e
lower=$1 top=$2 shared=$3

# /proc is still that of the machine, so this is the id by which others know this process. read is built in: no other process asks.
read -r pid rest < /proc/self/stat

mount -t tmpfs -o mode=755 mailward-test "$top"
mkdir "$top/upper" "$top/work" "$top/view"
mount -t overlay -o "lowerdir=$lower,upperdir=$top/upper,workdir=$top/work" mailward-test "$top/view"
cd "$top/view"
mount -t proc proc proc
mount -t tmpfs -o mode=755 mailward-test dev
for device in null zero full random urandom tty; do
    : > "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd
mkdir -p ".$shared"
mount --rbind "$shared" ".$shared"
hostname mx.mailward.test

# Said from within: whoever writes below /proc/PID/root before the root has changed writes to the machine's own files. Whoever loses its
# parent in there is ours; ignoring the signal, which no shell does for its own sake, has the kernel forget the dead.
exec chroot . sh -c 'echo "$1"; exec env --ignore-signal=CHLD cat' sh "$pid"
