/// How a request has ended, as far as it says what the engine may have done.
package enum RequestEnd: Hashable, Sendable {
    /// The engine has answered, with this status, and is done.
    case answered(Int)
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
        // A name is taken away before what refuses the image.
        case "ImageDelete": Refusals(before: [400, 404])
        // Steps, images of an archive and what a Swarm consists of come one after the other.
        case "ImageBuild", "ImageLoad": Refusals()
        case _ where operation.hasPrefix("Swarm"): Refusals()
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
        }
    }

    private mutating func takeBack(status: Int) -> Bool {
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

extension ExpectedEvents.Expectation {
    /// True when the event is one of those, however many were told already.
    func allows(_ event: EngineEvent) -> Bool {
        guard event.type == type, actions.contains(event.verb) else { return false }
        if let left, left[event.verb] == nil { return false }
        return subject.fits(event)
    }
}
