import JSON

/// Which of an engine's events are explained by requests that went through the gateway, which follow
/// from others or from the engine's own work, and which do not.
///
/// A request is told before the engine is sent it, so an event never comes before its request. It may
/// come before what else explains it (a container's traits, the start behind a connection to a network):
/// an event that is not explained is held for a while and looked at again before it counts.
/// Times are nanoseconds since 1970.
package struct EventReckoning: Sendable {
    /// How long an event waits for its explanation.
    package static let hold: Int64 = 3_000_000_000
    /// How long after its end a request explains what comes.
    static let echo: Int64 = 3_000_000_000
    /// How long an engine takes that ends its containers before it ends itself.
    static let shutdown: Int64 = 60_000_000_000
    /// How long what explains events is kept while a prune goes on.
    private static let longestPrune: Int64 = 600_000_000_000
    /// The attributes of events that explain them, or are told.
    private static let attributes: Set<String> = [
        "name", "oldName", "image", "container", "execID", "signal", "type",
        "com.docker.swarm.task.id",
    ]
    /// The most events that wait.
    static let mostHeld = 4096

    /// A request that is under way, or was a moment ago.
    struct Request: Sendable {
        let entry: String
        let began: Int64
        /// Until when it explains what comes; nil while it runs.
        var ends: Int64?
        var expected: ExpectedEvents
        /// What it has explained while it runs, as long as that may turn out not to be its.
        var explained: [Held] = []
        /// What it has explained beyond that: the first of each kind, and how many.
        var surplus: [String: (item: Held, count: Int)] = [:]

        /// True for what happens while it is under way, or a moment after it. What comes late counts from
        /// when the engine says that it happened, where its clock may be right.
        func isUnderWay(at item: Held) -> Bool {
            guard began <= item.moment else { return false }
            guard let ends else { return true }
            return item.moment <= ends || (began...max(began, ends)).contains(item.event.time)
        }
    }

    /// An event that is not explained yet.
    struct Held: Sendable {
        let event: EngineEvent
        /// When it happened, as far as it can be compared with requests.
        let moment: Int64
        let arrived: Int64
        /// True when it was told of the past.
        let isOld: Bool
        /// What was heard of the container before.
        let before: Life
        /// True when nothing was known of what it is about.
        let isUnknown: Bool
    }

    /// What was heard of a container.
    struct Life: Sendable {
        /// What it was called last.
        var name: String?
        var started: Int64?
        var died: Int64?
        /// True when somebody has stopped it since it started.
        var wasStopped = false
        var destroyed: Int64?
        /// How often it has started, and ended.
        var starts = 0
        var ends = 0
        /// How often it was connected to each network, and disconnected, because of that.
        var wires: [String: Int] = [:]
    }

    /// Why an event is no act of somebody unknown.
    package enum Explanation: Hashable, Sendable {
        /// A request: the id of its entry in the record; "" for the gateway's own.
        case request(String)
        /// It follows from another, or is the engine's own work.
        case consequence
    }

    var requests: [UInt64: Request] = [:]
    /// Which requests may explain an event, by what it says of itself.
    var places: [String: Set<UInt64>] = [:]
    var held: [Held] = []
    var traits: [String: ContainerTraits] = [:]
    var lives: [String: Life] = [:]
    /// Containers that are taken for steps of builds.
    var steps: [String: Step] = [:]
    /// Containers that are none, whatever build is under way.
    var noSteps: Set<String> = []
    /// Containers that a Swarm has made, as far as the engine was asked.
    var tasks: [String: Bool] = [:]
    /// Containers of whose tasks the Swarm does not say yet which containers are theirs.
    var undecided: Set<String> = []
    /// When a Swarm last made a container, and from which image.
    var lastTask: (moment: Int64, image: String)?
    /// When a container was last removed with the volumes that nobody has named.
    var lastRemoval: Int64?
    /// When the stream ended that is not followed by another yet.
    var lostAt: Int64?
    /// True when the engine that is heard now was started since the last one was.
    var isAnew = false
    private var lastToken: UInt64 = 0

    /// Makes a reckoning that has heard nothing.
    package init() {}

    // MARK: Requests

    /// A request is about to be sent.
    ///
    /// - Parameters:
    ///   - expected: What the engine may tell because of it.
    ///   - entry: The id of its entry in the record; "" for the gateway's own.
    ///   - now: The time.
    /// - Returns: What it is ended by.
    package mutating func begin(
        _ expected: ExpectedEvents, entry: String, at now: Int64
    ) -> UInt64 {
        lastToken += 1
        requests[lastToken] = Request(entry: entry, began: now, expected: expected)
        for place in expected.places { places[place, default: []].insert(lastToken) }
        return lastToken
    }

    /// The engine has said what a container is like.
    package mutating func learn(_ id: String, _ new: ContainerTraits) {
        var new = new
        // What is said of one that is just going may leave it out.
        new.isRemovedAtEnd = new.isRemovedAtEnd ?? traits[id]?.isRemovedAtEnd
        traits[id] = new
        judgeStep(id, new)
    }

    /// Containers that were there once and that the engine removes when they end.
    package var removedAtEnd: [String] {
        traits.filter { $0.value.isRemovedAtEnd == true }.map(\.key).sorted()
    }

    /// An earlier gateway knew that the engine removes these when they end.
    package mutating func remember(removedAtEnd ids: [String]) {
        for id in ids where traits[id] == nil {
            traits[id] = ContainerTraits(making: .object(JSONObject()))
            traits[id]?.isRemovedAtEnd = true
        }
    }

    // MARK: Events

    /// An event has come.
    ///
    /// - Parameters:
    ///   - event: The event; one that was told before is not to be told again.
    ///   - isOld: True when it is told of the past, so that only the engine says when it happened.
    ///   - now: The time.
    /// - Returns: What explains it; nil: nothing does yet.
    @discardableResult
    package mutating func hear(
        _ event: EngineEvent, isOld: Bool, at now: Int64
    ) -> Explanation? {
        let moment = isOld ? min(event.time, now) : now
        // Labels are as long as somebody likes; a node's and a service's attributes are looked at whole.
        let isShort = ["node", "service"].contains(event.type)
        let heard = Held(
            event: isShort
                ? event : event.trimmed(to: Self.attributes, container: container(of: event)),
            moment: moment,
            arrived: now, isOld: isOld,
            before: lives[event.id] ?? Life(),
            isUnknown: lives[event.id] == nil && traits[event.id] == nil)
        let explanation = explain(heard, isLast: false)
        note(heard)
        if explanation == nil { held.append(heard) } else { noteExplained(heard) }
        return explanation
    }

    /// The name of the container that a network's event is about: a request may name it so.
    private func container(of event: EngineEvent) -> String? {
        guard event.type == "network", let id = event.attributes["container"]?.string else {
            return nil
        }
        return lives[id]?.name ?? traits[id]?.name
    }

    /// True while something waits that nothing explains yet.
    package var isWaiting: Bool { !held.isEmpty }

    /// True when somebody waits whose time is over.
    package func isDue(at now: Int64) -> Bool {
        held.first.map { now - $0.arrived >= Self.hold } ?? false
    }

    /// Containers of which a Swarm may say whether it has made them: by their ids, the ids of the tasks.
    package var questions: [String: String] {
        var questions: [String: String] = [:]
        for item in held where item.event.type == "container" && tasks[item.event.id] == nil {
            questions[item.event.id] = item.event.task
        }
        return questions
    }

    /// The Swarm was asked for a container.
    package mutating func learn(_ id: String, isTask: Bool) {
        guard held.contains(where: { $0.event.id == id }) else { return }
        tasks[id] = isTask
        undecided.remove(id)
    }

    /// The Swarm was asked for a container, and has not said yet whose its task is.
    ///
    /// - Parameters:
    ///   - id: The container.
    ///   - mayBe: True while the task is being prepared: the container may turn out to be its.
    package mutating func learn(_ id: String, mayBeTask mayBe: Bool) {
        guard mayBe, held.contains(where: { $0.event.id == id }) else {
            undecided.remove(id)
            return
        }
        undecided.insert(id)
    }

    /// Takes what has waited long enough and is not explained.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - answers: True when the engine answers requests; one that ends tells what it does to its
    ///     containers, and answers nobody.
    /// - Returns: What nobody has asked for.
    package mutating func take(at now: Int64, engineAnswers answers: Bool) -> [UnrecordedAct] {
        var left: [Int: Held] = [:]
        var found: [Int: UnrecordedAct] = [:]
        let surplus = held.count - Self.mostHeld
        let held = self.held
        // What is found out meanwhile may let others wait again.
        self.held = []
        // What happens to containers explains what happens to networks and volumes.
        let order =
            held.indices.filter { held[$0].event.type == "container" }
            + held.indices.filter { held[$0].event.type != "container" }
        for index in order {
            let item = held[index]
            guard now - item.arrived >= Self.hold || index < surplus else {
                left[index] = item
                continue
            }
            if explain(item, isLast: true) != nil {
                noteExplained(item)
            } else if item.mayBeShutdown && (!answers || lostAt != nil)
                || undecided.contains(item.event.id), now - item.arrived < Self.shutdown,
                index >= surplus
            {
                left[index] = item
            } else {
                found[index] = UnrecordedAct(item.event, wasAway: item.isOld)
            }
        }
        let again = self.held
        self.held = left.sorted { $0.key < $1.key }.map(\.value)
        for item in again { holdAgain(item) }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Takes everything that waits: nobody will look at it again.
    ///
    /// - Parameter now: The time.
    /// - Returns: What nobody has asked for, and when that happened of which it is not known.
    package mutating func close(at now: Int64) -> (acts: [UnrecordedAct], undecided: [Int64]) {
        condemnUnknown()
        let answers = lostAt == nil
        var acts: [UnrecordedAct] = []
        // What lets others wait again is forgotten by that.
        for _ in 0..<2 { acts += take(at: now + 2 * Self.hold, engineAnswers: answers) }
        let undecided = held.map(\.moment)
        held = []
        return (acts, undecided)
    }

    // MARK: The stream

    /// The stream has ended.
    package mutating func lose(at now: Int64) {
        if lostAt == nil { lostAt = now }
    }

    /// Another stream has told what it knows of the past.
    ///
    /// - Parameter isAnew: True when the engine was started since, as far as can be known.
    package mutating func find(isAnew: Bool) {
        self.isAnew = isAnew
        if isAnew, let lostAt {
            held.removeAll { $0.mayBeShutdown && $0.arrived <= lostAt }
        }
        lostAt = nil
    }

    // MARK: Bookkeeping

    /// Notes what an event says of a container, whatever explains it.
    private mutating func note(_ heard: Held) {
        let event = heard.event
        guard event.type == "container" else { return }
        if lives[event.id] != nil || ["create", "rename"].contains(event.verb) {
            lives[event.id, default: Life()].name = event.attributes["name"]?.string
        }
        switch event.verb {
        case "create": lives[event.id, default: Life()].started = nil
        case "start":
            lives[event.id, default: Life()].started = heard.moment
            lives[event.id]?.wasStopped = false
            lives[event.id]?.starts += 1
        case "die":
            lives[event.id, default: Life()].died = heard.moment
            lives[event.id]?.ends += 1
        case "stop": lives[event.id, default: Life()].wasStopped = true
        case "destroy": lives[event.id, default: Life()].destroyed = heard.moment
        default: break
        }
    }

    /// Notes what explains others.
    private mutating func noteExplained(_ heard: Held) {
        let event = heard.event
        switch (event.type, event.verb) {
        case ("container", "destroy"): lastRemoval = heard.moment
        case ("container", "create") where tasks[event.id] == true:
            lastTask = (heard.moment, event.attributes["image"]?.string ?? "")
        default: break
        }
    }

    /// Forgets what explains nothing any more. While nothing is heard nothing is forgotten: it is told
    /// of later.
    package mutating func prune(at now: Int64) {
        guard lostAt == nil else { return }
        settleSteps(at: now)
        let limit = now - 2 * Self.hold
        // What a prune has not removed may be another request's that was meanwhile.
        let oldest = requests.values.filter {
            $0.expected.isPrune && $0.ends == nil && now - $0.began < Self.longestPrune
        }.map(\.began).min()
        for (token, request) in requests {
            guard let ends = request.ends, ends < min(limit, oldest ?? limit) else { continue }
            forget(token)
        }
        for (id, life) in lives {
            guard let destroyed = life.destroyed, destroyed < limit else { continue }
            lives[id] = nil
            traits[id] = nil
            steps[id] = nil
            noSteps.remove(id)
            tasks[id] = nil
        }
        if held.isEmpty { undecided = [] }
    }
}

extension EventReckoning.Held {
    /// True for what an engine does to its containers before it ends.
    var mayBeShutdown: Bool {
        event.type == "container" && ["kill", "stop"].contains(event.verb)
    }
}

extension EngineEvent {
    /// The task of a Swarm that a container says it is; nil when it says nothing of the sort.
    var task: String? {
        (attributes["com.docker.swarm.task.id"]?.string).flatMap { task in
            let isName = task.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            }
            return isName && !task.isEmpty && task.utf8.count <= 64 ? task : nil
        }
    }
}
