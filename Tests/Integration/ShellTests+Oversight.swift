import Foundation
import Testing

extension Integration.ShellTests {
    /// Alice needs a second person for each program that she starts, bo for the session.
    private static let oversight =
        Plane.policy + """

              - {to: [alice, erin], may: [enter, approve], in: red, shell: [viewer, ops], needs: {approval: line}}
              - {to: bo, may: [enter], in: blue, shell: [viewer], needs: {approval: session, for: 5m}}
              - {to: carol, may: [watch, moderate, approve], in: "*"}
              - {to: dan, may: [watch, moderate, approve], in: blue}
            """

    /// A person at a terminal of its own who enters `web`, and others who do what the script says.
    private static let pty = #"""
        import json, os, pty, select, subprocess, sys, time
        program, homes = sys.argv[1], json.loads(sys.argv[2])
        class Person:
            def __init__(self, who, *words):
                self.seen, self.pid, self.fd = '', *pty.fork()
                if self.pid == 0:
                    os.environ['DOCKER_CERT_PATH'] = homes[who]
                    os.execv(program, [program] + list(words))
            def expect(self, text, seconds=30):
                end = time.time() + seconds
                while text not in self.seen:
                    if not select.select([self.fd], [], [], max(0, end - time.time()))[0]:
                        print('no', repr(text), 'in', repr(self.seen)); sys.exit(1)
                    try: self.seen += os.read(self.fd, 65536).decode(errors='replace').replace('\r\n', '\n')
                    except OSError:
                        print('ended before', repr(text), 'in', repr(self.seen)); sys.exit(1)
                self.seen = self.seen[self.seen.index(text) + len(text):]
            def type(self, text): os.write(self.fd, text.encode())
        def ask(who, *words, status=0):
            done = subprocess.run([program] + list(words), capture_output=True, text=True,
                env=dict(os.environ, DOCKER_CERT_PATH=homes[who]))
            if done.returncode != status:
                print(who, words, done); sys.exit(1)
            return done.stdout + done.stderr
        def waiting(who):
            end = time.time() + 30
            while time.time() < end:
                lines = ask(who, 'approve', '--format', 'json').splitlines()
                if lines: return json.loads(lines[0])
            print('nothing waits'); sys.exit(1)
        def check(what, text):
            if what not in text: print('no', repr(what), 'in', repr(text)); sys.exit(1)

        """#

    private func play(_ plane: Plane, _ script: String) throws {
        var homes: [String: String] = [:]
        for who in ["alice", "bo", "carol", "dan", "erin"] { homes[who] = try plane.certificates(who) }
        let text = String(decoding: try JSONEncoder().encode(homes), as: UTF8.self)
        let done = try run(
            ["python3", "-c", Self.pty + script + "\nprint('done')", Plane.program, text],
            environment: plane.environment("alice"))
        #expect(done.output == "done\n", "\(done)")
    }

    /// Somebody watches, pauses, resumes and ends a session; the person in it is told of each.
    @Test func othersWatchAndModerate() throws {
        try withShell(policy: Self.oversight) { plane in
            try play(
                plane,
                #"""
                alice = Person('alice', 'enter', 'web', '--reason', '5xx')
                alice.expect('web> ')
                session = json.loads(ask('carol', 'sessions', '--format', 'json'))
                check('alice', session['identity']); id = session['id']
                check('there is no session', ask('dan', 'watch', id, status=1))
                check('there is no session', ask('dan', 'moderate', id, '--end', status=1))
                check('verb.watch', ask('bo', 'watch', id, status=1))
                carol = Person('carol', 'watch', id)
                carol.expect('You watch alice in web')
                alice.expect('carol watches this session now'); alice.expect('web> ')
                alice.type('cat /var/log/app.log\r'); alice.expect('first'); alice.expect('web> ')
                carol.expect('> cat /var/log/app.log'); carol.expect('first')
                alice.type('cat /etc/secret\r'); alice.expect('refused'); carol.expect('refused')
                alice.type('tail -f /var/log/app.log\r'); alice.expect('first')
                ask('carol', 'moderate', id, '--pause', '--reason', 'a question')
                alice.expect('carol has paused this session: a question'); alice.expect('web> ')
                alice.type('ls /var/log\r'); alice.expect('refused: carol has paused'); alice.expect('web> ')
                ask('carol', 'moderate', id, '--resume')
                alice.expect('carol has resumed'); alice.expect('web> ')
                alice.type('ls /var/log\r'); alice.expect('numbers.log'); carol.expect('numbers.log')
                second = Person('carol', 'watch', id); second.expect('You watch alice'); second.type('\x03')
                alice.expect('watches this session now'); alice.expect('watches this session no more')
                ask('carol', 'moderate', id, '--end', '--reason', 'lunch')
                alice.expect('carol has ended this session: lunch')
                carol.expect('the session has ended: carol has ended this session: lunch')
                check('there is no session', ask('carol', 'moderate', id, '--end', status=1))
                """#)
            let lines = try plane.record { lines in
                lines.contains { ($0["reason"] as? String)?.hasPrefix("end of alice in web: lunch") == true }
            }
            #expect(lines.contains { $0["operation"] as? String == "SessionWatch" && $0["phase"] as? String == "intent" })
            #expect(lines.contains { $0["rule"] as? String == "session.paused" }, "\(lines.suffix(6))")
        }
    }

    /// A line, and a session, wait until a second person has approved exactly that.
    @Test func aSecondPersonApproves() throws {
        try withShell(policy: Self.oversight) { plane in
            try plane.docker("bo", "run", "-d", "--name", "web", "bb:1", "sh", "-c", "mkdir -p /var/log; exec sleep 1000")
            try play(
                plane,
                #"""
                alice = Person('alice', 'enter', 'web')
                alice.expect('web> ')
                alice.type('ls /var/log\r'); alice.expect('app.log'); alice.expect('web> ')
                alice.type('nginx -t\r'); alice.expect('nginx -t waits for a second person'); alice.expect('Ctrl-C')
                asked = waiting('carol'); id = asked['id']
                check('nginx -t', asked['what']); check('alice', asked['identity']); check('ops', asked['role'])
                check('approval.oneself', ask('alice', 'approve', id, status=1))
                check('nothing waits', ask('dan', 'approve', id, status=1))
                check('verb.approve', ask('bo', 'approve', id, status=1))
                if ask('alice', 'approve', '--format', 'json') + ask('dan', 'approve', '--format', 'json'):
                    print('others see what they may not approve'); sys.exit(1)
                check(asked['digest'], ask('erin', 'approve', id))
                alice.expect('erin has approved it'); alice.expect('web> ')
                # Once.
                check('nothing waits', ask('carol', 'approve', id, status=1))
                alice.type('nginx -t\r'); alice.expect('waits for a second person')
                ask('carol', 'approve', waiting('carol')['id'], '--deny', '--reason', 'not now')
                alice.expect('carol has denied this: not now'); alice.expect('web> ')
                # Whoever leaves and comes back finds it approved, for these words alone.
                alice.type('nginx -t\r'); alice.expect('waits for a second person')
                id = waiting('carol')['id']
                alice.type('\x03'); alice.expect('given up'); alice.expect('web> ')
                ask('carol', 'approve', id)
                # Not for another reason than the one that carol has read.
                other = Person('alice', 'enter', 'web', '--reason', 'curious'); other.expect('web> ')
                other.type('nginx -t\r'); other.expect('nginx -t waits for a second person')
                check('curious', waiting('carol')['reason']); other.type('\x03'); other.expect('given up')
                other.expect('web> '); other.type('exit\r')
                alice.type('nginx -T\r'); alice.expect('nginx -T waits for a second person'); alice.type('\x03')
                alice.expect('given up'); alice.expect('web> ')
                alice.type('nginx -t\r'); alice.expect('carol has approved it'); alice.expect('web> ')
                alice.type('exit\r')
                bo = Person('bo', 'enter', 'web')
                bo.expect('a session of 5 minutes waits for a second person')
                ask('dan', 'approve', waiting('dan')['id'])
                bo.expect('web> '); bo.type('ls /var/log\r'); bo.expect('web> '); bo.type('exit\r')
                """#)
            let lines = try plane.record { lines in
                lines.filter { $0["operation"] as? String == "ApprovalUsed" }.count >= 3
            }
            func events(_ name: String) -> [[String: Any]] { lines.filter { $0["operation"] as? String == name } }
            #expect(events("ApprovalUsed").count == 3 && events("ApprovalAsked").count >= 5, "\(events("ApprovalUsed"))")
            let decided = events("ApprovalDecide").filter { $0["phase"] as? String == "intent" }
            #expect(decided.contains { ($0["reason"] as? String)?.hasPrefix("deny nginx -t of alice in web") == true })
            let run = lines.filter { ($0["reason"] as? String)?.contains("nginx -t; approval ") == true }
            #expect(run.count == 2 && run.allSatisfy { $0["phase"] as? String == "intent" }, "\(run)")
        }
    }
}
