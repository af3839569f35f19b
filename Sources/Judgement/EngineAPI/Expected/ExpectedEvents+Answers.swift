import JSON

/// How a request has ended, as far as it says what the engine may have done.
package enum RequestEnd: Hashable, Sendable {
    /// The engine has answered, with this status, and is done.
    case answered(Int)
    /// The engine has answered what a prune has removed: ids, or names.
    case pruned(Set<String>)
    /// The gateway has refused the rest of what it was sending: the engine never got the whole.
    case cutOff
    /// Nothing of it was sent.
    case unsent
    /// Nobody has waited for the answer: the engine may go on with it.
    case left
}

/// What an engine cannot have done that answers an error.
extension ExpectedEvents {
    /// What an operation's errors say.
    struct Refusals: Hashable, Sendable {
        /// The statuses that are answered before anything is done.
        var before: Set<Int> = []
        /// What of containers the engine tells last, so that any error says that it was not done.
        var last: Set<String> = []
    }

    /// Statuses that say that a request was not understood, does not apply or is not allowed.
    private static let clients = Set(300...499)

    /// What an operation's errors say (moby, daemon/*.go and daemon/builder).
    static func refusals(_ operation: String) -> Refusals {
        switch operation {
        // Volumes are made before what refuses the container, and stay.
        case "ContainerCreate": Refusals(last: ["create"])
        // Networks are connected before the program is found missing.
        case "ContainerStart": Refusals(before: [304], last: ["start"])
        case "ContainerRestart": Refusals(last: ["start", "restart"])
        case "ContainerExec", "ContainerTop", "ContainerUpdate":
            Refusals(before: clients, last: ["exec_create", "top", "update"])
        // It is told before the program is found missing.
        case "ExecStart": Refusals(before: [404, 409])
        // The container pauses before the image is refused.
        case "ImageCommit": Refusals(before: [404, 409], last: ["commit"])
        // Steps, images of an archive and what a Swarm consists of come one after the other.
        case "ImageBuild", "ImageLoad": Refusals()
        // It says so when it is none, or is one already; who joins goes on when it has said so.
        case "SwarmJoin", "SwarmUnlock": Refusals(before: [406])
        case _ where operation.hasPrefix("Swarm"): Refusals(before: [406, 503])
        default: Refusals(before: clients)
        }
    }

    /// Takes back what cannot have been done.
    ///
    /// - Returns: False when nothing at all can have been done.
    mutating func takeBack(_ end: RequestEnd) -> Bool {
        switch end {
        case .left: return true
        case .unsent: return false
        case .cutOff: return takeBack(status: 400)
        case .answered(let status): return takeBack(status: status)
        case .pruned(let ids):
            for index in expectations.indices where expectations[index].subject == .any {
                if expectations[index].actions != ["prune"] {
                    expectations[index].subject = .these(ids)
                }
            }
            return true
        }
    }

    private mutating func takeBack(status: Int) -> Bool {
        // What is made, or has the name already, is not undone.
        if status < 300 || status == 409 { expectations.removeAll(where: \.isOfUnknown) }
        guard status >= 300 else { return true }
        if refusals.before.contains(status) { return false }
        for index in expectations.indices where expectations[index].type == "container" {
            for action in refusals.last { expectations[index].left?[action] = nil }
        }
        if refusals.last.contains("create") { makes = nil }
        return true
    }

    /// True when an event may be of the request, however many of it were told already.
    func allow(_ event: EngineEvent) -> Bool {
        expectations.contains { $0.allows(event) }
    }
}

/// How long events follow whose client has left.
extension ExpectedEvents {
    /// An engine stops most of what nobody waits for; some of it ends with what it has begun.
    ///
    /// - Returns: Nanoseconds. What names nothing explains least long.
    static func echo(_ call: Call) -> Int64 {
        let second: Int64 = 1_000_000_000
        let operation = call.operation.name
        switch operation {
        // A container has its time to end, whoever waits.
        case "ContainerStop", "ContainerRestart":
            let given = Int64(call.query.value("t")) ?? -1
            return given >= 0 && given < 86_400 ? (given + 20) * second : 120 * second
        case _ where operation.hasSuffix("Prune"): return 15 * second
        case _ where operation.hasPrefix("Swarm"): return 60 * second
        case "ImageBuild", "ImageLoad", "ImageCreate", "ImageDelete", "ImageCommit", "ImageTag",
            "ContainerCreate", "ContainerDelete":
            return 30 * second
        case _ where operation.hasPrefix("Plugin"): return 30 * second
        default: return 120 * second
        }
    }

    /// Reads what an answer to a prune says that it has removed.
    ///
    /// - Parameter body: The answer's body.
    /// - Returns: Ids and names; nil when it does not say it.
    package static func pruned(_ body: [UInt8]) -> Set<String>? {
        let answer: JSONValue
        do {
            answer = try JSONReader.answer(body)
        } catch {
            return nil
        }
        guard answer.object != nil else { return nil }
        var ids: Set<String> = []
        for list in ["ContainersDeleted", "VolumesDeleted", "NetworksDeleted", "CachesDeleted"] {
            ids.formUnion((answer[list]?.array ?? []).compactMap(\.string))
        }
        for image in answer["ImagesDeleted"]?.array ?? [] {
            for said in ["Deleted", "Untagged"] {
                if let name = image[said]?.string { ids.insert(name) }
            }
        }
        return ids
    }
}

extension ExpectedEvents.Expectation {
    /// True when the event is one of those, however many were told already.
    func allows(_ event: EngineEvent) -> Bool {
        guard event.type == type, actions.contains(event.verb) else { return false }
        if let left, left[event.verb] == nil { return false }
        return subject.fits(event)
    }
}
