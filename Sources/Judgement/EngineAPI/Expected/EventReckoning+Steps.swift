import JSON

/// Containers that are taken for steps of builds, as long as nothing speaks against it.
///
/// An event does not say who has made a container. What is made while a build runs is a step when it is
/// made from an image's id and nobody has named it; then the engine is asked what it is like (`learn`),
/// and it is watched what becomes of it. What speaks against a step makes everything that was explained by
/// it wait for another explanation.
extension EventReckoning {
    /// A container that is taken for a step.
    struct Step: Sendable {
        /// The builds that were under way when it was made.
        var builds: [UInt64: BuildTraits]
        /// What was explained by its being a step.
        var explained: [Held]
        /// How often each thing has happened to it.
        var counts: [String: Int] = [:]
        /// True once the engine has said that it is like one.
        var isSure = false
        /// When it was made.
        var made: Int64 { explained.first?.moment ?? 0 }
        /// True when it was told of the past: the engine may have had no chance to say.
        var isOld: Bool { explained.contains(where: \.isOld) }
    }

    /// What a build does to a step, and how often at most: it ends one when its client leaves.
    private static let ofBuilds = ["attach": 1, "start": 1, "kill": 2, "destroy": 1]

    // MARK: What is a step

    /// A build that is under way expects a container that was made.
    ///
    /// - Returns: False when it is known to be none of its steps.
    mutating func takeForStep(_ item: Held) -> Bool {
        var step = Step(builds: builds(at: item), explained: [item])
        if let traits = traits[item.event.id], traits.seen > 0 {
            guard step.learn(traits) else {
                noSteps.insert(item.event.id)
                return false
            }
        }
        steps[item.event.id] = step
        return true
    }

    /// True for what a build does to one of its steps.
    mutating func isOfStep(_ item: Held) -> Bool {
        let event = item.event
        guard let most = Self.ofBuilds[event.verb], let step = steps[event.id],
            step.counts[event.verb, default: 0] < most
        else { return false }
        // The builder does one thing after the other.
        if event.verb == "start",
            steps.keys.count(where: isRunning) >= max(step.builds.count, builds(at: item).count)
        {
            condemn(event.id)
            return false
        }
        steps[event.id]?.note(item)
        return true
    }

    /// True for what happens to a step's network: it has one, from before its start until its end.
    mutating func isOfStepsNetwork(_ item: Held, _ id: String) -> Bool {
        guard let step = steps[id] else { return false }
        let verb = item.event.verb
        let isItsTurn =
            switch verb {
            case "connect": step.counts["start"] == nil
            case "disconnect": step.counts["connect"] != nil && !isRunning(id)
            default: false
            }
        guard isItsTurn, step.counts[verb] == nil else { return false }
        steps[id]?.note(item)
        return true
    }

    private func builds(at item: Held) -> [UInt64: BuildTraits] {
        requests.compactMapValues { request in
            request.isUnderWay(at: item) ? request.expected.build : nil
        }
    }

    private func isRunning(_ id: String) -> Bool {
        guard let life = lives[id], let started = life.started else { return false }
        return life.died.map { $0 < started } ?? true
    }

    // MARK: What speaks against it

    /// The engine has said what a container is like.
    mutating func judgeStep(_ id: String, _ traits: ContainerTraits) {
        guard traits.seen > 0, var step = steps[id] else { return }
        guard step.learn(traits) else { return condemn(id) }
        steps[id] = step
    }

    /// A request has turned out to have done nothing.
    mutating func condemnSteps(of token: UInt64) {
        for (id, step) in steps where step.builds[token] != nil {
            steps[id]?.builds[token] = nil
            if steps[id]?.builds.isEmpty == true { condemn(id) }
        }
    }

    /// Looks at steps whose builds are over, and at those that have gone.
    mutating func settleSteps(at now: Int64) {
        var left: [Set<UInt64>: [String]] = [:]
        for (id, step) in steps {
            let isUnknown = !step.isSure && !step.isOld && step.counts["start"] != nil
            if let destroyed = lives[id]?.destroyed {
                // The engine was asked when it was made: its answer comes later than it does at most.
                if isUnknown, now - destroyed > Self.hold { condemn(id) }
                continue
            }
            let isOver = step.builds.keys.allSatisfy { token in
                requests[token].map { $0.ends.map { $0 < now } ?? false } ?? true
            }
            guard isOver else { continue }
            if isUnknown || isRunning(id) {
                condemn(id)
            } else {
                left[Set(step.builds.keys), default: []].append(id)
            }
        }
        for ids in left.values { settle(ids) }
    }

    /// Nobody will say any more what those are that have started and that nobody has told of.
    mutating func condemnUnknown() {
        for (id, step) in steps where !step.isSure && step.counts["start"] != nil { condemn(id) }
    }

    /// A build leaves its steps where it was told to, or the last one, which has failed.
    private mutating func settle(_ ids: [String]) {
        let builds = ids.first.flatMap { steps[$0]?.builds.values } ?? [:].values
        let mayKeep =
            builds.contains { !$0.removes } ? ids.count : builds.filter { !$0.removesFailed }.count
        let inOrder = ids.sorted { (steps[$0]?.made ?? 0) < (steps[$1]?.made ?? 0) }
        for id in inOrder.dropLast(mayKeep) { condemn(id) }
        // What happens to them from now on no build does.
        for id in inOrder.suffix(mayKeep) {
            steps[id] = nil
            noSteps.insert(id)
        }
    }

    /// It is no step.
    private mutating func condemn(_ id: String) {
        guard let step = steps.removeValue(forKey: id) else { return }
        noSteps.insert(id)
        for item in step.explained { holdAgain(item) }
    }
}

extension EventReckoning.Step {
    /// Something has happened to it.
    fileprivate mutating func note(_ item: EventReckoning.Held) {
        counts[item.event.verb, default: 0] += 1
        explained.append(item)
    }

    /// The engine has said what it is like: false when no build under way makes such.
    fileprivate mutating func learn(_ traits: ContainerTraits) -> Bool {
        guard let step = traits.step, builds.values.contains(where: { $0.step == step }) else {
            return false
        }
        isSure = true
        return true
    }
}

extension EngineEvent {
    /// True for a container that nobody has named (moby, pkg/namesgenerator and daemon/names.go): two
    /// words and perhaps a digit, or the beginning of its id.
    var isNamedByEngine: Bool {
        guard let name = attributes["name"]?.string else { return false }
        if name == id.prefix(12) { return true }
        var words = name.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        if let last = words.last?.last, (0x30...0x39).contains(last) {
            words[words.count - 1].removeLast()
        }
        return words.count == 2
            && words.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x61...0x7A).contains($0) } }
    }
}
