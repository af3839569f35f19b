import Engine
import EngineAPI
import JSON
import Ledger
import Logging
import NIOCore
import NIOPosix
import Wire

/// What became of the attempts to end one exec, and when the next is due.
struct ExecStruggle {
    private var tries = 0
    private var idleLooks = 0
    /// True when it was said that a process lives on.
    var isTold = false

    /// After how many looks that find it not started an exec is left whose start the engine has not answered
    /// and nobody waits for any more: after four minutes.
    private static let mostLooks = 8

    /// When to try again: what cannot be ended now may be able to be in a while, and costs little.
    mutating func pause() -> TimeAmount {
        defer { tries += 1 }
        return .milliseconds(400 << Int64(min(tries, 6)))
    }

    /// When to look again at an exec that has not started, by what is known of its start; nil: it is not
    /// going to.
    mutating func idlePause(_ start: ExecRegister.Start) -> TimeAmount? {
        defer { idleLooks += 1 }
        switch start {
        // One that nobody has sent is sent by nobody any more, but may be on its way to be.
        case .unsent: return idleLooks == 0 ? .seconds(1) : nil
        case .underWay: return .seconds(1)
        // The engine may have it, and take it up later.
        case .unanswered: return idleLooks < Self.mostLooks ? .seconds(1 << Int64(idleLooks)) : nil
        }
    }
}

/// How an exec's processes are ended. Who is to be ended is tried to be until nobody of it is known to live.
extension ExecReaper {
    func end(_ exec: MadeExec, _ reason: String) {
        look(at: exec.id) { found in
            switch found {
            case .started(let family):
                self.kill(exec, self.services.execs.note(family, of: exec.id), reason)
            case .gone: self.endRest(exec, reason)
            // The engine was not to be reached.
            case .unknown: self.tryAgain(exec, reason)
            case .idle: self.endLate(exec, reason)
            }
        }
    }

    /// The engine does not know the exec any more; what it has left behind may be known.
    private func endRest(_ exec: MadeExec, _ reason: String) {
        services.execs.noteEnd(of: exec.id)
        guard let family = services.execs.families[exec.id] else { return forget(exec) }
        kill(exec, family, reason)
    }

    /// One that has not started is started by nobody any more, but a start may be on its way.
    private func endLate(_ exec: MadeExec, _ reason: String) {
        let start = services.execs.start(of: exec.id)
        guard let pause = struggles[exec.id, default: ExecStruggle()].idlePause(start) else {
            return forget(exec)
        }
        after(pause) { $0.end(exec, reason) }
    }

    private func tryAgain(_ exec: MadeExec, _ reason: String) {
        let pause = struggles[exec.id, default: ExecStruggle()].pause()
        after(pause) { $0.end(exec, reason) }
    }

    /// Kills what lives, and looks again until nobody does.
    private func kill(
        _ exec: MadeExec, _ family: ExecFamily, _ reason: String, left: Int = 10
    ) {
        let engine = services.engine
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: pool.eventLoop) { family.end(on: engine) }
            .whenComplete { result in
                let reaper = bound.value
                let isFirst = left == 10
                switch result {
                case .success(.gone) where isFirst && family.hasEnded: reaper.forget(exec)
                case .success(.unseen) where family.hasEnded: reaper.forget(exec)
                case .success(.gone): reaper.confirm(exec, family, reason, left: left)
                case .success(.killed) where left > 0:
                    reaper.soon { $0.kill(exec, family, reason, left: left - 1) }
                case .success(.forbidden(let inside)) where isFirst:
                    reaper.killInside(exec, family, inside, reason)
                case .success(.forbidden) where left > 0:
                    reaper.soon { $0.kill(exec, family, reason, left: left - 1) }
                // Somebody makes processes faster than they are killed.
                case .success(.killed), .failure: reaper.tryAgain(exec, reason)
                case .success(.forbidden), .success(.unseen): reaper.complain(exec, family, reason)
                }
            }
    }

    private func soon(_ body: @escaping (ExecReaper) -> Void) { after(.milliseconds(100), body) }

    private func after(_ pause: TimeAmount, _ body: @escaping (ExecReaper) -> Void) {
        let bound = NIOLoopBound((reaper: self, body: body), eventLoop: pool.eventLoop)
        pool.eventLoop.scheduleTask(in: pause) {
            bound.value.body(bound.value.reaper)
        }
    }

    /// Where the gateway may not kill, the container's own kill(1) does, as the container's root.
    private func killInside(
        _ exec: MadeExec, _ family: ExecFamily, _ numbers: [Int], _ reason: String
    ) {
        let version = services.facts.traits?.version ?? .floor
        let words = ["kill", "-9"] + numbers.map(String.init)
        let body = JSONObject([
            ("Cmd", .array(words.map { .string($0) })), ("User", .string("0")),
        ])
        EngineCall.make(
            pool, .post, "/v\(version)/containers/\(family.container)/exec",
            json: JSONWriter.bytes(.object(body))
        ) { result in
            guard case .success(let answer) = result, answer.head.status == 201,
                let id = ContainerView.madeExec(answer.body)
            else { return self.complain(exec, family, reason) }
            EngineCall.make(
                self.pool, .post, "/v\(version)/exec/\(id)/start",
                json: Array(#"{"Detach":true}"#.utf8)
            ) { result in
                guard case .success(let answer) = result, answer.head.status == 200 else {
                    return self.complain(exec, family, reason)
                }
                self.soon { $0.kill(exec, family, reason, left: 9) }
            }
        }
    }

    /// What the record says is what was seen: the engine is asked again.
    private func confirm(
        _ exec: MadeExec, _ family: ExecFamily, _ reason: String, left: Int
    ) {
        look(at: exec.id) { found in
            switch found {
            case .gone, .idle: self.note(exec, family, reason)
            case .started(let family) where family.hasEnded: self.note(exec, family, reason)
            // The engine hears of an end a moment after it.
            case .started, .unknown:
                guard left > 0 else { return self.complain(exec, family, reason) }
                self.soon { $0.confirm(exec, family, reason, left: left - 1) }
            }
        }
    }

    private func note(_ exec: MadeExec, _ family: ExecFamily, _ reason: String) {
        forget(exec)
        services.ledger.append(
            Entry.event(
                services.ledger.ids, "ExecEnded", identity: exec.peer.identity,
                reason: "the processes of exec \(exec.id) in container \(family.container) are "
                    + "ended: \(reason)"))
    }

    /// What lives on is told once, and killed again and again; a line keeps its right to run meanwhile.
    private func complain(_ exec: MadeExec, _ family: ExecFamily, _ reason: String) {
        if !struggles[exec.id, default: ExecStruggle()].isTold {
            services.log.error(
                """
                an exec's process lives on: the gateway does not see the engine's processes, or may not \
                end them; it goes on trying
                """,
                metadata: [
                    "identity": "\(exec.peer.identity)", "exec": "\(exec.id)",
                    "container": "\(family.container)",
                ])
        }
        struggles[exec.id, default: ExecStruggle()].isTold = true
        tryAgain(exec, reason)
    }

    private func forget(_ exec: MadeExec) {
        ending.remove(exec.id)
        struggles[exec.id] = nil
        services.execs.forget(exec.id)
    }
}
