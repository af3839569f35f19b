/// In which way a program of a container is more than what its name says.
///
/// The names are those of GTFOBins (<https://gtfobins.github.io>) whose entries have the functions
/// shell, command, file-write or inherit, as far as they are found in images of servers. The list is
/// not what keeps a line out (a role's list of verbs does): it keeps a policy from declaring such a
/// program with more than fixed lines, and lets a refusal say why.
package enum EscapeKind: String, Hashable, Sendable, CaseIterable {
    /// A command line of its own.
    case shell
    /// Runs text of its own language.
    case interpreter
    /// Runs the command that its arguments name.
    case runner
    /// Starts programs or writes files when its options say so.
    case escape

    /// What it does, in words behind "a program that".
    var meaning: String {
        switch self {
        case .shell: "is a shell"
        case .interpreter: "runs text of its own language"
        case .runner: "runs the command that its arguments name"
        case .escape: "can start others or write files"
        }
    }

    /// The kind of a program by its name, a version behind it left out (`python3.12`).
    init?(of name: String) {
        let base = String(name.prefix { $0 != "." })
        let plain = String(base.reversed().drop { $0.isNumber }.reversed())
        guard let kind = Self.kinds[name] ?? Self.kinds[base] ?? Self.kinds[plain] else {
            return nil
        }
        self = kind
    }

    private static let kinds: [String: EscapeKind] = {
        var kinds: [String: EscapeKind] = [:]
        for (kind, names) in [
            (EscapeKind.shell, shells), (.interpreter, interpreters), (.runner, runners),
            (.escape, escapes),
        ] {
            for name in names.split(whereSeparator: \.isWhitespace) { kinds[String(name)] = kind }
        }
        return kinds
    }()

    private static let shells = """
        sh bash rbash ash dash zsh ksh mksh csh tcsh fish pwsh posh elvish nu xonsh busybox toybox
        sash rksh yash rc es lksh rsh su login sulogin agetty getty screen tmux byobu script
        expect telnetd
        """

    private static let interpreters = """
        python python2 python3 pypy perl ruby irb node nodejs deno bun php lua luajit tclsh wish awk
        gawk mawk nawk sed ed red ex guile scheme racket clisp sbcl emacs gdb lldb jshell
        java groovy scala kotlin erl elixir iex ghc ghci octave R Rscript julia gnuplot m4 bc dc jq
        jrunscript jjs cpan psql mysql mariadb sqlite3 mongo mongosh ftp sftp
        telnet lftp make gmake cmake ninja rake ansible-playbook ansible gcc g cc clang tcc go rustc
        cargo npm npx yarn pip pip3 gem bundle composer cobc gimp gcloud kubectl helm terraform
        """

    private static let runners = """
        env timeout nice ionice nohup setsid xargs parallel watch time command exec eval builtin
        source sudo doas chroot unshare nsenter setarch linux32 linux64 i386 x86_64 stdbuf taskset
        chrt flock start-stop-daemon run-parts run-mailcap cpulimit softlimit setpriv runuser capsh
        choom unbuffer strace ltrace perf valgrind rlwrap dbus-launch dbus-run-session systemd-run
        ssh sshpass autossh mosh docker podman ctr nerdctl crictl runc lxc chpst setuidgid envdir
        gosu su-exec tini dumb-init s6-setuidgid multitime hping hping3 socat nc ncat netcat
        entr inotifywait logsave torify torsocks proxychains fakeroot fakechroot facter at batch
        crontab ld.so ssh-agent with-contenv
        """

    private static let escapes = """
        find tar cpio pax ar zip unzip bsdtar rsync scp git hg svn less more most man view vi vim
        vimdiff rvim rview nvim nano pico joe jed micro mc pg info top htop curl wget aria2c nmap
        tcpdump tshark nginx apache2 apache2ctl httpd php-fpm redis-cli redis-server jcmd mongod
        dmesg journalctl systemctl service loginctl busctl systemd-resolve apt apt-get aptitude
        dpkg rpm yum dnf zypper pacman apk snap pkexec openssl gpg cp mv dd install ln tee shuf
        sort split csplit truncate ip tc iptables ss mount umount mknod chmod chown
        chattr setfacl sysctl modprobe insmod kmod dialog whiptail crash gtester iftop
        whois finger nawk wall write mail mailx sendmail exim postfix xxd uudecode
        uuencode dvips pdftex latex tex ghostscript gs
        convert mogrify ffmpeg ffplay mplayer vlc lp lpr cancel cupsfilter ldconfig debugfs fsck
        e2fsck mke2fs mkfs xfs_db zfs zpool btrfs smbclient rpcclient nfs showmount rpcinfo snmpwalk
        varnishncsa logrotate update-alternatives alternatives ldapsearch elasticsearch
        etcdctl consul vault aws az eb restic borg rclone minio wget2 w3m lynx links elinks
        lsof sysdig bpftrace bpftool sar iostat vmstat pidstat yelp zsoelim nroff troff groff
        task taskwarrior timedatectl localectl hostnamectl machinectl coredumpctl nmcli msgfmt
        msgattrib msgcat msgconv msgfilter msgmerge xgettext pidgin tasksh rtorrent
        """
}
