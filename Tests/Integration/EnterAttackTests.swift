import AgentMessages
import Foundation
import Testing

extension Integration {
    /// What a container, or whoever asks for a line, tries against the way in. Where util-linux's
    /// nsenter or a naive check stands open to it, that is seen in the same run.
    @Suite(.serialized) struct EnterAttackTests {
        @Test func nothingOfTheHostIsInherited() throws {
            let agent = try RunningAgent(prefix: "exec 9</etc/shadow; export HOST_SECRET=hunter2;")
            let containers = try ProbeContainers()
            let id = try containers.start("-e", "DB_PASSWORD=hunter3", "-e", "TZ=UTC")
            let line = try agent.run(id, "ops", "nginx", "-v")
            let descriptors = line.text.split(separator: "\n").filter { $0.hasPrefix("fd ") }
            #expect(descriptors.count == 3 && descriptors.allSatisfy { $0.contains("pipe:") }, "\(line)")
            #expect(!line.text.contains("hunter"), "\(line)")
            #expect(line.text.contains("env TZ=UTC"))
            #expect(line.text.contains("session 1"))
            let naive = try Command.done(
                try containers.nsenter(
                    id, ["/bin/nginx", "-v"],
                    before: ["sh", "-c", "exec 9</etc/shadow; export HOST_SECRET=hunter2; exec \"$@\"", "sh"]))
            #expect(naive.output.contains("/shadow") && naive.output.contains("hunter2"), "\(naive)")
        }

        @Test func nothingIsTypedIntoTheOperatorsTerminal() throws {
            let containers = try ProbeContainers()
            let agent = try RunningAgent()
            let id = try containers.start()
            let line = try agent.run(id, "ops", "nginx", "-v")
            #expect(line.text.contains("tty No such device or address"), "\(line)")
            #expect(!line.text.contains("TIOCSTI typed"), "\(line)")
            // A terminal of the line's own may be typed into by whoever has it: it is nobody else's.
            let size = try #require(TerminalSize(rows: 24, columns: 80))
            let own = try agent.line(id, "ops", ["nginx", "-v"], terminal: size).wait { _ in false }
            #expect(own.text.contains("tty open") && own.text.contains("session 1"), "\(own)")
            let typing = (try? String(contentsOfFile: "/proc/sys/dev/tty/legacy_tiocsti", encoding: .utf8)) ?? "0"
            guard typing.hasPrefix("1") else { return }
            let words = try containers.nsenter(id, ["/bin/nginx", "-v"]).joined(separator: " ")
            let naive = try Command.done(["script", "-qec", words, "/dev/null"])
            #expect(naive.output.contains("TIOCSTI typed"), "\(naive)")
        }

        /// CVE-2019-5736: a script whose interpreter is whoever starts it.
        @Test func theHelperIsNoInterpreter() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            let line = try agent.run(id, "ops", "supervisorctl", "status")
            #expect(line.refused?.rule == "program.path", "\(line)")
            #expect(line.output.isEmpty)
            // busybox's nsenter needs no loader: it becomes the interpreter, a file of the host inside.
            let pid = try containers.process(id)
            let naive = try Command.done(
                try RunningAgent.inside(containers.engine)
                    + ["busybox", "nsenter", "-t", pid, "-m", "-p", "/bin/supervisorctl", "status"])
            #expect((naive.output + naive.errors).contains("exe: applet not found"), "\(naive)")
        }

        /// Programs are the image's: a name that the container has replaced is not started.
        @Test func replacedProgramsAreRefused() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start("-v", "/srv/app")
            let engine = containers.engine
            let first = try agent.run(id, "ops", "php-fpm", "-t")
            #expect(first.ended?.status == 7 && first.started?.way == .program, "\(first)")
            let changes = [
                "cp /bin/redis-cli /bin/php-fpm", "rm /bin/php-fpm; ln -s git /bin/php-fpm",
                "rm /bin/php-fpm; ln -s /srv/app/x /bin/php-fpm; cp /bin/git /srv/app/x",
                "rm /bin/php-fpm; cp /bin/git /bin/php-fpm",
                "mv /bin/php-fpm /bin/other; ln -s /proc/1/exe /bin/php-fpm", "rm /bin/php-fpm; mkfifo /bin/php-fpm",
            ]
            for change in changes {
                let fresh = try containers.start("-v", "/srv/app")
                _ = try engine.docker("exec", fresh, "sh", "-c", change)
                let line = try agent.run(fresh, "ops", "php-fpm", "-t")
                // The link to another program of the image is followed: that one is the image's.
                if change.hasSuffix("ln -s git /bin/php-fpm") {
                    #expect(line.refused == nil, "\(line)")
                } else {
                    #expect(line.refused != nil && line.output.isEmpty, "\(change): \(line)")
                }
            }
            _ = try engine.docker("exec", id, "sh", "-c", "touch /bin/git")
            let digest = try Command.done(["sh", "-c", "docker -H unix://\(engine.socket) exec \(id) cat /bin/php-fpm | sha256sum"])
                .output.prefix(64)
            let pinned = try agent.run(id, "ops", "php-fpm", "-t", pin: String(digest))
            #expect(pinned.ended?.status == 7, "\(pinned)")
            let other = try agent.run(id, "ops", "php-fpm", "-t", pin: String(repeating: "0", count: 64))
            #expect(other.refused?.rule == "program.pin", "\(other)")
        }

        /// A container that was started anew is another one, and what was approved was not this.
        @Test func anotherRunOfTheContainerIsAnotherOne() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            let container = try #require(ContainerID(id))
            let facts = try AgentLine(agent.socket, .describe(container)).wait { _ in false }.started
            let start = try #require(facts?.start)
            #expect(try agent.run(id, "ops", "php-fpm", "-t", start: start).ended?.status == 7)
            _ = try containers.engine.docker("restart", "-t", "0", id)
            #expect(try agent.run(id, "ops", "php-fpm", "-t", start: start).refused?.rule == "plan.restarted")
            #expect(try agent.run(id, "ops", "php-fpm", "-t").ended?.status == 7)
            _ = try containers.engine.docker("kill", id)
            #expect(try agent.run(id, "ops", "php-fpm", "-t").refused != nil)
        }

        @Test func aPausedContainerIsNotEnteredAndItsLinesStandStill() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let engine = containers.engine
            let id = try containers.start()
            let line = try agent.line(id, "ops", ["git", "rev-parse", "HEAD"])
            try line.wait { $0.output.count > 3 }
            let naive = try Command(try containers.nsenter(id, ["/bin/git", "log"]))
            #expect(naive.wait { $0.output.count > 3 })
            _ = try engine.docker("pause", id)
            defer { _ = try? engine.docker("unpause", id) }
            #expect(try agent.run(id, "ops", "php-fpm", "-t").refused?.rule == "plan.paused")
            let (ours, theirs) = (line.outcome.output.count, naive.output.count)
            // The other one goes on: as long as this takes, ours would have written too.
            #expect(naive.wait { $0.output.count > theirs + 20 })
            _ = try engine.docker("unpause", id)
            try line.wait { $0.output.count > ours }
            #expect(line.outcome.output.count - ours < 20, "it went on while it was paused")
            try line.send(.signal(.kill))
            #expect(try line.wait { $0.ended != nil }.ended?.cause == .person)
            naive.signal(SIGKILL)
            _ = try engine.docker("exec", id, "sh", "-c", "true")
        }

        /// A first process that takes nobody keeps every orphan for ever; ours leave it none.
        @Test func linesLeaveNoDead() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start("--pids-limit", "64")
            for _ in 0..<6 {
                let line = try agent.run(id, "ops", "redis-cli", "dbsize")
                #expect(line.ended?.status == 0 && line.text.contains("hidden"), "\(line)")
            }
            let left = try containers.commands(id)
            #expect(left.count == 1, "\(left)")
            let exec = try containers.engine.docker("exec", id, "redis-cli", "dbsize")
            #expect(exec.status == 0)
            #expect(try containers.commands(id).count == 6, "the engine's own exec leaves its family behind")
        }

        /// A link that is swapped while it is read never shows what is behind it.
        @Test func linksAreJudgedWhereTheyLead() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            let swapping = """
                cd /var/log; ln -s /etc/passwd bad; ln -s app.log good
                while true; do cp -P good x; mv x link; cp -P bad x; mv x link; done
                """
            _ = try containers.engine.docker("exec", "-d", id, "sh", "-c", swapping)
            var (shown, refused) = (0, 0)
            for _ in 0..<150 {
                let line = try agent.run(id, "viewer", "head", "-n", "1", "/var/log/link")
                #expect(!line.text.contains("root:"), "\(line)")
                if line.text == "1\n" { shown += 1 } else { refused += 1 }
            }
            #expect(shown > 0 && refused > 0, "\(shown) shown, \(refused) refused: the link was not swapped")
            // Judging a name first and opening it afterwards.
            let naive = """
                p=/proc/$1/root; for i in $(seq 2000); do
                [ "$(readlink $p/var/log/link)" = app.log ] || continue
                head -n 1 $p/var/log/link 2>/dev/null; nsenter -t $1 -m /bin/cat /var/log/link 2>/dev/null | head -n 1; done
                """
            let outcome = try Command.done(
                try RunningAgent.inside(containers.engine) + ["sh", "-c", naive, "sh", try containers.process(id)])
            #expect(outcome.output.contains("root:"), "the naive reader was not deceived")
        }

        @Test func hostileTreesHoldNobodyUp() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start("-v", "/var/log/volume", "--user", "0")
            let script = """
                cd /var/log; mkfifo fifo; ln -s loop loop; ln -s /proc/1/environ env; ln -s /proc/1/root root
                ln -s ../../../../../../etc/passwd up; mkdir secret; echo x >secret/y; chmod 700 secret
                ln -s /dev/zero zero; echo hidden >volume/file; touch "$(printf 'a\\nb')"
                d=deep; mkdir $d; i=0; while [ $i -lt 90 ]; do d=$d/d; mkdir $d; i=$((i+1)); done
                """
            let made = try containers.engine.docker("exec", id, "sh", "-c", script)
            try #require(made.status == 0, "\(made)")
            for name in ["fifo", "loop", "env", "root", "root/etc/passwd", "up", "zero", "volume/file", "secret"] {
                let line = try agent.run(id, "viewer", "cat", "/var/log/\(name)")
                #expect(line.ended?.status == 1 && line.output.isEmpty, "\(name): \(line)")
            }
            // It hangs there until the container ends; the engine does not even see it.
            let naive = try Command(try containers.nsenter(id, ["/bin/cat", "/var/log/fifo"]))
            let end = Date().addingTimeInterval(20)
            var isThere = false
            while !isThere, Date() < end {
                isThere = try Command.done(["pgrep", "-f", "^/bin/cat /var/log/fifo"]).status == 0
            }
            #expect(isThere)
            #expect(try containers.commands(id).count == 1)
            let list = try agent.run(id, "viewer", "ls", "/var/log")
            #expect(list.text.contains(#"a\x0ab"#), "\(list)")
            let found = try agent.run(id, "finder", "find", "/var/log", "-name", "*")
            #expect(!naive.hasEnded)
            #expect(found.ended != nil && !found.text.contains("volume/file") && found.text.contains("/d/d"))
            // The container's own user, not root, reads.
            let other = try containers.start("--user", "1000")
            _ = try containers.engine.docker(
                "exec", "--user", "0", other, "sh", "-c", "cd /var/log; echo s >own; chmod 600 own; cat own")
            let denied = try agent.run(other, "viewer", "cat", "/var/log/own")
            #expect(denied.ended?.status == 1 && denied.output.isEmpty, "\(denied)")
            #expect(try agent.run(other, "viewer", "head", "-n", "1", "/var/log/app.log").text == "1\n")
        }

        /// Whatever a gateway asks for, it gets only lines of the grammar, in containers that run.
        @Test func theAgentTrustsNobody() throws {
            let (agent, containers) = (try RunningAgent(), try ProbeContainers())
            let id = try containers.start()
            for words in [["sh"], ["nginx", "-c", "/tmp/x"], ["cat", "/etc/passwd"], ["/bin/nginx", "-t"]] {
                let line = try agent.line(id, "ops", words).wait { _ in false }
                #expect(line.refused != nil && line.output.isEmpty, "\(words): \(line)")
            }
            #expect(try agent.run(id, "root", "nginx", "-t").refused?.rule == "role.unknown")
            let nobody = String(repeating: "0", count: 64)
            #expect(try agent.run(nobody, "ops", "nginx", "-t").refused?.rule == "plan.unknown")
            // The probe counts as the image's php-fpm; the user nobody is not let in at all.
            let stranger = try Command.done([
                "setpriv", "--reuid", "65534", "--clear-groups", "python3", "-c",
                "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\(agent.socket)')",
            ])
            #expect(stranger.status != 0, "\(stranger)")
        }
    }
}
