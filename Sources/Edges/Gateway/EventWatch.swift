import Dispatch
import Engine
package import EngineAPI
package import Foundation
package import JSON
package import Ledger
import NIOCore
import Synchronization
import Wire

/// Sees to it that what goes around the gateway stands in the record too: compares the engine's events
/// with the requests that it was sent, and writes an entry for each that nothing explains.
///
/// Requests are told by all loops, before they are sent; events by the loop that keeps the inventory.
package final class EventWatch: EngineWatch {
    private struct State {
        var reckoning = EventReckoning()
        var trail: EventTrail
        /// When the stream began of whose past it is not decided yet whether it is whole.
        var undecided: Int64?
        /// True once a stream has begun.
        var hasBegun = false
        /// True while the engine is asked whether it answers.
        var isAsking = false
        /// Containers of which a Swarm was asked whether it has made them.
        var asked: Set<String> = []
        /// What stands in the file.
        var kept: TrailFile?
        var lastKept: Int64 = 0
        /// How many acts were written that nobody has asked for.
        var unrecorded: Int64 = 0
    }

    /// How long an engine takes to tell what it knows of the past.
    private static let past: Int64 = 2_000_000_000
    /// How many tasks a Swarm is asked about at a time.
    private static let mostAsked = 16
    /// The states of a task whose container may be made and not known yet.
    private static let beforeStart: Set<String> = [
        "assigned", "accepted", "preparing", "ready", "starting",
    ]
    /// How often the file is brought up to date.
    private static let pause: Int64 = 1_000_000_000

    // Guards everything; held for a look-up or an event, never while somebody is called.
    private let state: Mutex<State>
    private let ledger: Ledger
    private let file: URL
    private let queue = DispatchQueue(label: "quaymaster.events")

    /// Begins where the last gateway has ended.
    ///
    /// - Parameters:
    ///   - file: Where it is kept up to where events were heard.
    ///   - ledger: The record.
    package init(file: URL, ledger: Ledger) {
        self.file = file
        self.ledger = ledger
        let kept = TrailFile.read(file)
        var state = State(trail: EventTrail(after: kept?.mark, at: Timestamp.now()))
        state.reckoning.remember(removedAtEnd: kept?.removedAtEnd ?? [])
        self.state = Mutex(state)
    }

    /// How many acts since the gateway's start nobody has asked for, those included that cannot be
    /// read.
    var unrecorded: Int64 { state.withLock { $0.unrecorded } }

    // MARK: Requests

    package func begin(
        _ method: String, _ target: String, _ body: [UInt8]?, entry: String
    ) -> UInt64? {
        guard let expected = ExpectedEvents(method, target, body: body) else { return nil }
        let now = Timestamp.now()
        return state.withLock { $0.reckoning.begin(expected, entry: entry, at: now) }
    }

    package func end(_ token: UInt64, _ end: RequestEnd) {
        let now = Timestamp.now()
        let dropped = state.withLock { $0.reckoning.end(token, end, at: now) }
        guard dropped > 0 else { return }
        write(
            "engine", rule: "unrecorded.undecided",
            "the engine has told of \(dropped) acts that a request was taken for which has not done "
                + "them; whether the gateway was asked for them otherwise is not known any more")
    }

    // MARK: The stream

    package var heardUntil: Int64? { state.withLock { $0.trail.last?.time } }

    package func streamBegan() {
        let now = Timestamp.now()
        state.withLock { state in
            state.trail.begin(at: now)
            state.undecided = now
        }
    }

    package func hear(_ events: [EngineEvent], began: Int64) {
        let now = Timestamp.now()
        state.withLock { state in
            let mayBePast = state.undecided != nil || !state.hasBegun
            for event in events where state.trail.hear(event, mayBePast: mayBePast, at: now) {
                state.reckoning.hear(event, isOld: event.time < began, at: now)
            }
        }
    }

    package func missed() {
        write(
            "engine", rule: "unrecorded.unreadable",
            "the engine has told of something that is too long or cannot be read; "
                + "whether the gateway was asked for it is not known")
    }

    package func streamEnded() {
        let now = Timestamp.now()
        state.withLock { state in
            state.reckoning.lose(at: now)
            state.undecided = nil
        }
    }

    package func learn(_ id: String, _ inspected: JSONValue, asked: Int64) {
        let traits = ContainerTraits(inspected, seen: asked)
        state.withLock { $0.reckoning.learn(id, traits) }
    }

    // MARK: From time to time

    /// Does what is due: to be called on the pool's loop, a few times in a second.
    func look(_ pool: EnginePool, version: APIVersion) {
        let now = Timestamp.now()
        decide(at: now)
        ask(pool, version)
        let isDue = state.withLock { state -> Bool in
            state.reckoning.prune(at: now)
            guard !state.isAsking, state.reckoning.isDue(at: now) else { return false }
            state.isAsking = true
            return true
        }
        if isDue {
            EngineCall.make(pool, .get, "/_ping", limit: 1 << 16, timeout: .seconds(1)) { result in
                if case .failure(let failure) = result, failure.status == 503 {
                    self.settle(answers: false)
                } else {
                    self.settle(answers: true)
                }
            }
        }
        keep(at: now)
    }

    /// Decides whether the engine has told everything that happened since an event was heard.
    private func decide(at now: Int64) {
        let gap = state.withLock { state -> EventTrail.Gap? in
            guard let began = state.undecided, now - began >= Self.past else { return nil }
            state.undecided = nil
            let gap = state.trail.takeGap()
            // An engine of which nothing was ever heard may be another one.
            state.reckoning.find(isAnew: gap != nil || state.hasBegun && state.trail.last == nil)
            state.hasBegun = true
            return gap
        }
        guard let gap else { return }
        lost(
            "what the engine did between \(Self.times(gap.from, gap.until)) is not all known: it was "
                + "started anew, or more has happened than it keeps")
    }

    private func lost(_ sentence: String) {
        ledger.append(Entry.event(ledger.ids, "EventsLost", reason: sentence))
    }

    private static func times(_ from: Int64, _ until: Int64) -> String {
        [from, until].map { time in
            var text: [UInt8] = []
            Timestamp.append(time, to: &text)
            return String(decoding: text, as: UTF8.self)
        }.joined(separator: " and ")
    }

    /// Asks a Swarm which of the containers are its own: labels say so of any.
    private func ask(_ pool: EnginePool, _ version: APIVersion) {
        let questions = state.withLock { state in
            let open = state.reckoning.questions.filter { !state.asked.contains($0.key) }
                .prefix(Self.mostAsked)
            if state.asked.count > 4096 { state.asked = [] }
            state.asked.formUnion(open.map(\.key))
            return open
        }
        for (container, task) in questions {
            EngineCall.make(pool, .get, "/v\(version)/tasks/\(task)") { result in
                let status: JSONValue?
                if case .success(let answer) = result, answer.head.status == 200 {
                    status = answer.json?["Status"]
                } else {
                    status = nil
                }
                let id = status?["ContainerStatus"]?["ContainerID"]?.string ?? ""
                let isEarly = Self.beforeStart.contains(status?["State"]?.string ?? "")
                // The manager hears of the container once its task starts: in a roll-out that is when
                // another one has ended.
                self.state.withLock { state in
                    if id == container {
                        state.reckoning.learn(container, isTask: true)
                    } else {
                        state.reckoning.learn(container, mayBeTask: isEarly && id.isEmpty)
                        if status != nil { state.asked.remove(container) }
                    }
                }
            }
        }
    }

    private func settle(answers: Bool) {
        let now = Timestamp.now()
        let found = state.withLock { state in
            state.isAsking = false
            return state.reckoning.take(at: now, engineAnswers: answers)
        }
        for act in found { write(act) }
    }

    private func write(_ act: UnrecordedAct) {
        write(act.target, rule: "unrecorded.\(act.type).\(act.action)", act.sentence)
    }

    private func write(_ target: String, rule: String, _ sentence: String) {
        var entry = Entry.event(ledger.ids, "UnrecordedAct", reason: sentence)
        entry.target = target
        entry.rule = rule
        state.withLock { $0.unrecorded += 1 }
        ledger.count(entry)
    }

    // MARK: The file

    private func keep(at now: Int64, all: Bool = false) {
        let next = state.withLock { state -> TrailFile? in
            // Not behind what waits: after a crash it is heard again.
            guard all || now - state.lastKept >= Self.pause && !state.reckoning.isWaiting,
                let mark = state.trail.last
            else {
                return nil
            }
            let next = TrailFile(mark: mark, removedAtEnd: state.reckoning.removedAtEnd)
            guard next != state.kept else { return nil }
            state.kept = next
            state.lastKept = now
            return next
        }
        guard let next else { return }
        queue.async { [file] in next.write(file) }
    }

    /// Writes down up to where events were heard, for the next gateway.
    ///
    /// What waits still is told now: the next gateway begins behind it.
    func close() {
        let now = Timestamp.now()
        let (acts, undecided) = state.withLock { $0.reckoning.close(at: now) }
        for act in acts { write(act) }
        if let from = undecided.min(), let until = undecided.max() {
            lost(
                "\(undecided.count) of the engine's acts between \(Self.times(from, until)) waited "
                    + "for their explanation when the gateway ended; whether they were asked for is "
                    + "not known")
        }
        keep(at: now, all: true)
        queue.sync {}
    }
}
