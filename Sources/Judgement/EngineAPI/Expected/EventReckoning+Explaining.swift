import JSON

/// What explains an event.
extension EventReckoning {
    /// Looks for what explains an event.
    ///
    /// - Parameters:
    ///   - item: The event.
    ///   - isLast: True when it waits no longer: what was likely counts then.
    /// - Returns: What explains it; nil: nothing does.
    mutating func explain(_ item: Held, isLast: Bool) -> Explanation? {
        if Self.isNatural(item.event) { return .consequence }
        if let entry = request(for: item, isWide: false) { return .request(entry) }
        let follows =
            switch item.event.type {
            case "container": followsInContainer(item, isLast: isLast)
            case "network": followsInNetwork(item)
            case "volume": followsInVolume(item)
            case "image": followsInImage(item)
            default: false
            }
        if follows { return .consequence }
        // What names nothing explains what nothing else does: what it turns out not to have done must
        // not have hidden another explanation.
        return request(for: item, isWide: true).map(Explanation.request)
    }

    /// What only follows from what is told as well, or comes from inside a container.
    private static func isNatural(_ event: EngineEvent) -> Bool {
        switch (event.type, event.verb) {
        case ("container", "die"), ("container", "oom"), ("container", "health_status"),
            ("container", "exec_die"), ("container", "exec_detach"), ("container", "detach"),
            ("volume", "mount"), ("volume", "unmount"):
            true
        // A node comes and goes, a roll-out gets on; what somebody sets is told otherwise.
        case ("node", "update"):
            event.attributes.members.allSatisfy { member in
                [
                    "name", "state.new", "state.old", "leader.new", "leader.old",
                    "reachability.new",
                    "reachability.old",
                ].contains(member.name)
            }
        case ("service", "update"):
            event.attributes["updatestate.new"] != nil && event.attributes["image.new"] == nil
                && event.attributes["replicas.new"] == nil
        // A node makes a Swarm's network for itself when it needs it.
        case ("network", "create"), ("network", "destroy"), ("network", "remove"):
            event.scope == "local" && event.attributes["type"]?.string == "overlay"
        default: false
        }
    }

    /// The oldest request that expects the event; it expects one fewer then.
    private mutating func request(for item: Held, isWide: Bool) -> String? {
        var found: (token: UInt64, index: Int)?
        for place in item.event.places {
            for token in places[place] ?? [] where token < found?.token ?? .max {
                guard let request = requests[token], request.isUnderWay(at: item),
                    let index = request.expected.expectations.firstIndex(where: {
                        $0.subject.isWide == isWide && $0.fits(item.event)
                            && (!$0.isOfUnknown || item.isUnknown)
                            && ($0.subject != .step || !noSteps.contains(item.event.id))
                    })
                else { continue }
                found = (token, index)
            }
        }
        guard let found, let request = requests[found.token] else { return nil }
        if request.expected.expectations[found.index].subject == .step {
            // Somebody else may have asked for it then.
            return takeForStep(item) ? request.entry : self.request(for: item, isWide: isWide)
        }
        requests[found.token]?.expected.expectations[found.index].count(item.event)
        note(item, explainedBy: found.token)
        requests[found.token]?.expected.close(behind: item.event)
        if item.event.type == "container", item.event.verb == "create" {
            // What the engine has said already is newer.
            if let made = request.expected.makes, traits[item.event.id] == nil {
                traits[item.event.id] = made
            }
        }
        return request.entry
    }

    /// What an engine does itself to a Swarm's tasks; an exec in one is somebody's.
    private static let ofTheEngine: Set<String> = [
        "create", "attach", "start", "kill", "stop", "destroy",
    ]

    private mutating func followsInContainer(_ item: Held, isLast: Bool) -> Bool {
        let event = item.event
        if tasks[event.id] == true, Self.ofTheEngine.contains(event.verb) { return true }
        if isOfStep(item) { return true }
        let traits = self.traits[event.id]
        switch event.verb {
        case "start":
            guard let traits else { return false }
            // The engine counts its own, and begins anew when somebody else starts it.
            if traits.seen >= item.moment, !isAnew || !item.isOld {
                return traits.restartCount > 0
            }
            return isLast && traits.restarts && !item.before.wasStopped
                && (item.before.died != nil || isAnew && item.isOld)
        case "destroy":
            return traits?.isRemovedAtEnd == true
                && (item.before.died != nil || isStarting(event.id))
        case "exec_create", "exec_start":
            let command = event.action.dropFirst(event.verb.count).drop { $0 == ":" || $0 == " " }
            return traits?.healthCommand.map { Self.isSame($0, command) } ?? false
        default: return false
        }
    }

    /// Engines end the command with a blank where it has no arguments.
    private static func isSame(_ one: String, _ other: Substring) -> Bool {
        func trimmed(_ text: Substring) -> Substring {
            var text = text
            while text.last == " " { text.removeLast() }
            return text
        }
        return trimmed(one[...]).utf8.elementsEqual(trimmed(other).utf8)
    }

    /// True while somebody starts the container.
    private func isStarting(_ id: String) -> Bool {
        (places[ExpectedEvents.place(ofID: id)] ?? []).contains { token in
            requests[token]?.expected.expectations.contains {
                $0.type == "container" && $0.actions.contains("start")
            } ?? false
        }
    }

    private mutating func followsInNetwork(_ item: Held) -> Bool {
        guard let id = item.event.attributes["container"]?.string, !id.isEmpty else { return false }
        if tasks[id] == true { return true }
        if steps[id] != nil { return isOfStepsNetwork(item, id) }
        guard let life = lives[id] else { return false }
        let verb = item.event.verb
        let isNear =
            switch verb {
            // The engine connects a container a moment before it starts it.
            case "connect":
                life.started.map { $0 >= item.moment && $0 - item.moment <= Self.hold } ?? false
            case "disconnect": isNear(life.died, item)
            default: false
            }
        // Once for each start, or end.
        let wire = verb + " " + item.event.id
        let most = verb == "connect" ? life.starts : life.ends
        guard isNear, life.wires[wire, default: 0] < most else { return false }
        lives[id]?.wires[wire, default: 0] += 1
        return true
    }

    /// True when something has happened a moment before an event, or after it.
    private func isNear(_ moment: Int64?, _ item: Held) -> Bool {
        moment.map { abs(item.moment - $0) <= Self.hold } ?? false
    }

    private func followsInVolume(_ item: Held) -> Bool {
        switch item.event.verb {
        // The volumes of a container that is removed at its end go with it.
        case "destroy":
            ExpectedEvents.Subject.unnamed.fits(item.event)
                && isNear(lastRemoval, item)
        case "create": isNear(lastTask?.moment, item)
        default: false
        }
    }

    private func followsInImage(_ item: Held) -> Bool {
        // A Swarm fetches what its tasks need.
        guard let lastTask, item.event.verb == "pull", isNear(lastTask.moment, item) else {
            return false
        }
        let names = ExpectedEvents.Subject.spellings(of: lastTask.image)
        return ExpectedEvents.Subject.images(names).fits(item.event)
    }
}

// MARK: - Where requests are looked for

extension ExpectedEvents {
    /// By what events the request may be meant.
    var places: Set<String> {
        Set(
            expectations.map { expectation in
                switch expectation.subject {
                case .object(let text), .inside(let text):
                    Self.place(of: text, expectation.type)
                case .exec(let id): Self.place(ofID: id)
                case .any, .images, .unnamed, .madeFrom, .step, .these: "*" + expectation.type
                }
            })
    }

    private static func place(of text: String, _ type: String) -> String {
        let name = text.first == "/" ? String(text.dropFirst()) : text
        guard name.utf8.allSatisfy(Subject.isHexadecimal) else { return name }
        // A short beginning of an id is any object's.
        return name.utf8.count < 12 ? "*" + type : place(ofID: name)
    }

    /// Where requests stand that name an id.
    static func place(ofID id: String) -> String { String(id.prefix(12)) }
}

extension EngineEvent {
    /// Where requests stand that may explain it.
    var places: [String] {
        var places = ["*" + type, id, ExpectedEvents.place(ofID: id)]
        for name in ["name", "oldName", "container", "execID", Self.containerName] {
            guard var text = attributes[name]?.string else { continue }
            if text.first == "/" { text.removeFirst() }
            places.append(text)
            places.append(ExpectedEvents.place(ofID: text))
        }
        return places
    }
}
