import Foundation
import Testing

extension Integration {
    /// The guarded shell from end to end: client, gateway, agent, container.
    @Suite(.serialized) struct ShellTests {
        static let policy =
            Plane.policy + """

                  - {to: alice, may: [enter, recall], in: red, shell: [viewer, finder, pager], needs: {reason: true}}
                  - {to: bo, may: [enter, recall], in: blue}
                  - {to: carol, may: [review], in: red}
                  - {to: dan, may: [review], in: blue}
                """

        /// A plane with an agent, and a container `web` of alice's with something to look at.
        func withShell(policy: String = Self.policy, _ body: (Plane) throws -> Void) throws {
            let agent = try RunningAgent()
            try withPlane(policy: policy, configuration: "agent: {socket: \(agent.socket)}\n") { plane in
                let script = """
                    mkdir -p /var/log; seq 1 300 >/var/log/numbers.log; echo first >/var/log/app.log
                    echo secret >/etc/secret; exec sleep 1000
                    """
                let made = try plane.docker(
                    "alice", "run", "-d", "--name", "web", "-e", "DB_PASSWORD=hunter2", "bb:1", "sh", "-c", script)
                #expect(made.status == 0, "\(made)")
                let ready = try plane.docker(
                    "alice", "exec", "web", "sh", "-c", "until [ -e /etc/secret ]; do sleep 0.1; done")
                #expect(ready.status == 0, "\(ready)")
                try body(plane)
            }
            try agent.stop()
        }

        func enter(
            _ plane: Plane, _ who: String, _ arguments: String..., reason: String = "a test", input: String = ""
        ) throws -> Outcome {
            let reasons = reason.isEmpty ? [] : ["--reason", reason]
            return try run(
                [Plane.program, "enter"] + reasons + arguments, environment: plane.environment(who), input: input)
        }

        @Test func linesAreAnswered() throws {
            try withShell { plane in
                let tail = try enter(plane, "alice", "web", "-c", "tail -n 2 /var/log/numbers.log")
                #expect(tail.status == 0 && tail.output == "299\n300\n", "\(tail)")
                let words = try enter(plane, "alice", "web", "--", "cat", "/var/log/app.log")
                #expect(words.status == 0 && words.output == "first\n", "\(words)")
                let several = try enter(plane, "alice", "web", input: "cat /var/log/app.log\nls /var/log\n")
                #expect(several.output == "first\napp.log\nnumbers.log\n", "\(several)")
                let environment = try enter(plane, "alice", "web", "-c", "env")
                #expect(environment.output.contains("DB_PASSWORD="), "\(environment)")
                #expect(!environment.output.contains("hunter2"), "\(environment)")
                let processes = try enter(plane, "alice", "web", "-c", "ps")
                #expect(processes.status == 0 && processes.output.contains("sleep 1000"), "\(processes)")
                // By the tenant's name, an id and the beginning of one.
                let id = try plane.engine.id("web")
                for name in [id, String(id.prefix(12))] {
                    let seen = try enter(plane, "alice", name, "-c", "cat /var/log/app.log")
                    #expect(seen.output == "first\n", "\(seen)")
                }
                let json = try enter(plane, "alice", "web", "--format", "json", "-c", "cat /var/log/app.log")
                for event in ["\"session\"", "\"started\"", "{\"out\":\"first\\n\"}", "\"ended\""] {
                    #expect(json.output.contains(event), "\(event) in \(json)")
                }
                let why = try enter(plane, "alice", "web", "-c", "why cat /etc/secret")
                #expect(why.status == 1 && why.output.contains("refused, column 5"), "\(why)")
            }
        }

        /// An answer that fills the client's socket comes back to the session while it is being told.
        @Test func aLongHistoryIsTold() throws {
            try withShell { plane in
                let long = "cat /var/log/" + String(repeating: "x", count: 980)
                let lines = (0..<120).map { "\(long)\($0)\n" }.joined()
                let told = try enter(plane, "alice", "web", "--format", "json", input: lines + "history\nls /var/log\n")
                #expect(told.output.count > 120_000 && told.output.contains("app.log"), "\(told.output.suffix(300))")
                let after = try enter(plane, "alice", "web", "-c", "cat /var/log/app.log")
                #expect(after.output == "first\n", "\(after)")
            }
        }

        @Test func whatIsNoLineIsRefused() throws {
            try withShell { plane in
                for (line, rule) in [
                    ("cat /etc/secret", "path"), ("sh", "verb"), ("tail -n 2 /var/log/app.log | sh", "syntax.pipe"),
                    ("cat /var/log/../../etc/secret", "path"), ("nginx -t", "verb"),
                ] {
                    let refused = try enter(plane, "alice", "web", "-c", line)
                    #expect(refused.status == 1 && refused.output.isEmpty, "\(line): \(refused)")
                    #expect(refused.errors.contains("refused: ") && refused.errors.contains(rule), "\(line): \(refused)")
                    #expect(refused.errors.components(separatedBy: ", rule ").count == 2, "\(refused)")
                    #expect(!refused.errors.contains("secret\n") || line.contains("secret"), "\(refused)")
                }
                // A link out of the tree is judged where it leads.
                try plane.docker("alice", "exec", "web", "ln", "-s", "/etc/secret", "/var/log/link.log")
                let link = try enter(plane, "alice", "web", "-c", "cat /var/log/link.log")
                #expect(link.status != 0 && !link.output.contains("secret"), "\(link)")
            }
        }

        @Test func whoeverMayNotIsRefused() throws {
            try withShell { plane in
                let silent = try enter(plane, "alice", "web", "-c", "ls /var/log", reason: "")
                #expect(silent.status == 1 && silent.errors.contains("rule shell.reason"), "\(silent)")
                let greedy = try enter(plane, "alice", "web", "--role", "ops", "-c", "nginx -t")
                #expect(greedy.status == 1 && greedy.errors.contains("rule shell.role"), "\(greedy)")
                let narrow = try enter(plane, "alice", "web", "--role", "pager", "-c", "cat /var/log/app.log")
                #expect(narrow.status == 1 && narrow.errors.contains("(column 1, rule "), "\(narrow)")
                // Another's container is none, by whatever name.
                let id = try plane.engine.id("web")
                let absent = try enter(plane, "bo", "nothing", "-c", "ls /var/log")
                for name in ["web", id] {
                    let foreign = try enter(plane, "bo", name, "-c", "ls /var/log")
                    #expect(foreign.status == 1, "\(foreign)")
                    #expect(foreign.errors == absent.errors.replacing("nothing", with: name), "\(foreign) \(absent)")
                }
                let watcher = try enter(plane, "watcher", "web", "-c", "ls /var/log")
                #expect(watcher.status == 1 && watcher.errors.contains("rule verb.enter"), "\(watcher)")
                // Without an upgrade there is no session.
                let plain = try plane.request("bo", "-X", "POST", "/quaymaster/containers/nothing/enter")
                #expect(plain.status == 404)
                let own = try plane.request("alice", "-X", "POST", "/quaymaster/containers/web/enter?reason=x")
                #expect(own.status == 426 && own.body.contains("shell.upgrade"), "\(own)")
            }
        }

        /// Each line is in the record before it runs, and in the recording.
        @Test func everythingIsRecorded() throws {
            try withShell { plane in
                let done = try enter(plane, "alice", "web", reason: "5xx", input: "cat /var/log/app.log\ncat /etc/secret\n")
                #expect(done.status == 1, "\(done)")
                func shell(_ lines: [[String: Any]]) -> [[String: Any]] {
                    lines.filter { $0["operation"] as? String == "ShellLine" }
                }
                let lines = try plane.record { shell($0).count >= 3 }
                let phases = shell(lines).map { $0["phase"] as? String ?? "" }
                #expect(phases == ["intent", "outcome", "refused"], "\(shell(lines))")
                let first = try #require(shell(lines).first)
                #expect(first["identity"] as? String == "alice" && first["tenant"] as? String == "red", "\(first)")
                #expect((first["reason"] as? String)?.contains("cat /var/log/app.log") == true, "\(first)")
                let entered = lines.filter { $0["operation"] as? String == "ContainerEnter" && $0["phase"] as? String == "intent" }
                #expect((entered.first?["reason"] as? String)?.contains("5xx") == true, "\(entered)")
                let folder = plane.folder.appendingPathComponent("state/recordings")
                let casts = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                let cast = try String(contentsOf: folder.appendingPathComponent(try #require(casts.first)), encoding: .utf8)
                for part in ["\"version\":3", "\"m\",", "\"o\",\"first\\n\"", "\"x\",\"0\"", "reason=5xx"] {
                    #expect(cast.contains(part), "\(part) in \(cast)")
                }
                // What is refused may name a secret, which is kept nowhere.
                let secret = try enter(
                    plane, "alice", "web", "-c", "tail -n 9 /var/log/app.log | grep password=hunter2")
                #expect(secret.status == 1, "\(secret)")
                let more = try plane.record { shell($0).count >= 4 }
                #expect(shell(more).count >= 4 && !"\(more)".contains("hunter2"), "\(shell(more).suffix(1))")
                for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                    #expect(!text.contains("hunter2"), "\(text)")
                }
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(casts[0]).path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }

        /// Who may not any more is out within a second, and what ran with it.
        @Test func anEndedAuthorityEndsTheSession() throws {
            try withShell { plane in
                let following = try Command(
                    [Plane.program, "enter", "--reason", "x", "web", "-c", "tail -f /var/log/app.log"],
                    environment: plane.environment("alice"))
                #expect(following.wait { $0.output.contains("first") }, "\(following.errors)")
                try plane.docker("alice", "exec", "web", "sh", "-c", "echo second >>/var/log/app.log")
                #expect(following.wait { $0.output.contains("second") }, "\(following.output)")
                let policy = plane.folder.appendingPathComponent("policy.yaml")
                try Self.policy.replacing("[viewer, finder, pager]", with: "[net]")
                    .write(to: policy, atomically: true, encoding: .utf8)
                #expect(try plane.quaymaster("policy", "reload").status == 0)
                #expect(following.wait(seconds: 10) { $0.hasEnded })
                let lines = try plane.record { lines in
                    lines.contains { ($0["reason"] as? String)?.contains("other roles") == true }
                }
                #expect(lines.contains { ($0["reason"] as? String)?.contains("exit 137, left") == true }, "\(lines.suffix(4))")
            }
        }

        /// An agent that is silent is said to be, and nothing else is tried.
        @Test func withoutAnAgentNothingRuns() throws {
            let configuration = "agent: {socket: /nonexistent/agent.sock}\n"
            try withPlane(policy: Self.policy, configuration: configuration) { plane in
                defer { plane.engine.clean("rm", "-f", "web") }
                try plane.docker("alice", "run", "-d", "--name", "web", "bb:1", "sleep", "1000")
                let absent = try enter(plane, "alice", "web", "-c", "ls /var/log")
                #expect(absent.status == 125 && absent.errors.contains("rule agent.absent"), "\(absent)")
            }
        }

        /// A person at a terminal: typing, completion, the pager, an interrupt, leaving.
        @Test func aPersonTypes() throws {
            try withShell { plane in
                let script = #"""
                    import os, pty, re, select, signal, struct, sys, fcntl, termios, time
                    pid, fd = pty.fork()
                    if pid == 0:
                        os.execv(sys.argv[1], [sys.argv[1], 'enter', '--reason', 'a test', 'web'])
                    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
                    seen = ''
                    def expect(text, seconds=30):
                        global seen
                        end = time.time() + seconds
                        while text not in seen:
                            left = end - time.time()
                            ready = select.select([fd], [], [], max(0, left))[0]
                            if not ready:
                                print('no', repr(text), 'in', repr(seen)); os.kill(pid, 9); sys.exit(1)
                            try: seen += os.read(fd, 65536).decode(errors='replace')
                            except OSError:
                                print('ended before', repr(text), 'in', repr(seen)); sys.exit(1)
                        seen = seen[seen.index(text) + len(text):]
                    def type(text): os.write(fd, text.encode())
                    expect('web> ')
                    type('cat /var/log/app.log\r'); expect('first'); expect('web> ')
                    type('hel\t'); expect('help'); type('\r'); expect('match'); expect('web> ')
                    type('cat /var/log/nu\t'); expect('numbers.log'); type('\x15')
                    type('cat /etc/secret\r'); expect('^'); expect('refused'); expect('web> ')
                    type('\x1b[200~ls\ncat x\n\x1b[201~'); expect('several lines'); expect('web> ')
                    type('tail -f /var/log/app.log\r'); expect('first')
                    type('\x03'); expect('web> ')
                    type('less /var/log/numbers.log\r'); expect('lines 1-23 of 300')
                    type('/250\r'); expect('lines 250-272 of 300')
                    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 30, 80, 0, 0))
                    type('G'); expect('lines 272-300 of 300'); type('q'); expect('web> ')
                    type('\x1b[A\x1b[A\x1b[A'); expect('secret'); type('\x03'); expect('web> ')
                    type('exit\r')
                    end = time.time() + 20
                    while time.time() < end:
                        done, status = os.waitpid(pid, os.WNOHANG)
                        if done: print('left', status); sys.exit(0)
                        if select.select([fd], [], [], 0.05)[0]:
                            try: os.read(fd, 65536)
                            except OSError: time.sleep(0.05)
                    os.kill(pid, 9); print('did not leave')
                    """#
                let typed = try run(
                    ["python3", "-c", script, Plane.program], environment: plane.environment("alice"))
                #expect(typed.output == "left 0\n", "\(typed)")
            }
        }
    }
}
