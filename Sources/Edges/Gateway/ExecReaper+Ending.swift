import Engine
import EngineAPI
import JSON
import Ledger
import Logging
import NIOCore
import NIOPosix
import Wire

/// How an exec's processes are ended.
extension ExecReaper {
    func end(_ exec: MadeExec, _ reason: String) {
        look(at: exec.id) { found in
            switch found {
            case .started(let family):
                self.kill(exec, self.services.execs.note(family, of: exec.id), reason)
            case .gone: self.endRest(exec, reason)
            case .unknown: self.retry(exec)
            // One that has not started is started by nobody any more, but a start may be on its way.
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

    private func endLate(_ exec: MadeExec, _ reason: String) {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        pool.eventLoop.scheduleTask(in: .seconds(1)) {
            let reaper = bound.value
            reaper.look(at: exec.id) { found in
                switch found {
                case .started(let family): reaper.kill(exec, family, reason)
                case .unknown: reaper.retry(exec)
                case .gone, .idle: reaper.forget(exec)
                }
            }
        }
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
                // Whoever makes processes faster than they are killed meets the next sweep.
                case .success(.killed), .failure: reaper.retry(exec)
                case .success(.forbidden), .success(.unseen): reaper.complain(exec, family)
                }
            }
    }

    private func soon(_ body: @escaping (ExecReaper) -> Void) {
        let bound = NIOLoopBound((reaper: self, body: body), eventLoop: pool.eventLoop)
        pool.eventLoop.scheduleTask(in: .milliseconds(100)) {
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
            else { return self.complain(exec, family) }
            EngineCall.make(
                self.pool, .post, "/v\(version)/exec/\(id)/start",
                json: Array(#"{"Detach":true}"#.utf8)
            ) { result in
                guard case .success(let answer) = result, answer.head.status == 200 else {
                    return self.complain(exec, family)
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
                guard left > 0 else { return self.complain(exec, family) }
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

    private func complain(_ exec: MadeExec, _ family: ExecFamily) {
        // A line keeps its right to run until it has ended.
        if exec.isLine { awaitEnd(of: exec) } else { forget(exec) }
        services.log.error(
            "an exec's process lives on: the gateway does not see the engine's processes",
            metadata: [
                "identity": "\(exec.peer.identity)", "exec": "\(exec.id)",
                "container": "\(family.container)",
            ])
    }

    /// Asks the engine from time to time whether what cannot be ended has ended by itself.
    private func awaitEnd(of exec: MadeExec) {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        pool.eventLoop.scheduleTask(in: .seconds(5)) {
            let reaper = bound.value
            reaper.look(at: exec.id) { found in
                switch found {
                case .gone, .idle: reaper.forget(exec)
                case .started(let family) where family.hasEnded: reaper.forget(exec)
                case .started, .unknown: reaper.awaitEnd(of: exec)
                }
            }
        }
    }

    private func forget(_ exec: MadeExec) {
        ending.remove(exec.id)
        services.execs.forget(exec.id)
    }

    /// The engine was not to be reached: the next sweep tries again.
    private func retry(_ exec: MadeExec) {
        ending.remove(exec.id)
    }
}
