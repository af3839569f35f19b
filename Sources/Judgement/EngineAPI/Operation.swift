package import Acts

/// One operation of the Engine API: what it is called, what it means, what it can harm.
package struct Operation: Sendable {
    /// The methods that the API uses.
    package enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// What the request's body is.
    package enum Body: Sendable {
        /// None; an empty JSON value that some clients send is dropped.
        case none
        /// A JSON value of a closed shape, judged and written anew.
        case json(BodyKind)
        /// A stream of bytes that is passed on as it is, under this content type.
        case stream(contentType: String)
    }

    /// What becomes of the connection and the answer.
    package enum Answer: Sendable {
        /// One answer that ends by itself.
        case value
        /// An answer that lasts as long as the client listens: it ends when the client goes.
        case live
        /// The connection becomes a raw stream in both directions when the engine says so.
        case hijack
        /// The connection becomes a WebSocket.
        case webSocket

        /// True when the answer lasts as long as the client listens.
        package var isLive: Bool {
            if case .live = self { true } else { false }
        }
    }

    /// The operation's id in the API's description, for records and rules.
    package let name: String
    /// The method.
    package let method: Method
    /// The path: literals and at most one placeholder, `{id}` or `{name}`.
    package let path: [Segment]
    /// What the placeholder names.
    package let subject: ObjectKind?
    /// True when it stops or removes things, and so gives back what they take up.
    package var makesRoom: Bool {
        ["ContainerStop", "ContainerKill"].contains(name) || name.hasSuffix("Delete")
            || name.hasSuffix("Prune")
    }

    /// True when it removes what is unused, and answers what that was.
    package var isPrune: Bool { name.hasSuffix("Prune") }

    /// The verbs that include the operation; empty: every identity may.
    package let verbs: [Verb]
    /// What it can do.
    package let harm: Harm
    /// The kind of object that it makes.
    package let creates: ObjectKind?
    /// Which objects it speaks of without naming them.
    package let reach: Act.Reach
    /// The query parameters; any other is refused.
    package let parameters: [Parameter]
    /// What the body is.
    package let body: Body
    /// What the answer is.
    package let answer: Answer
    /// Why nobody may use it through the gateway; nil for all but a few.
    package let refused: String?
    /// True when the operation runs, reads or writes inside its subject, so that whoever may do it
    /// has what the subject has.
    package let enters: Bool

    /// True when the body is a JSON value.
    package var takesJSON: Bool {
        if case .json = body { true } else { false }
    }

    /// A part of a path.
    package enum Segment: Hashable, Sendable {
        /// Exactly this.
        case literal(String)
        /// One segment.
        case one
        /// One or more segments: names of images and plugins hold slashes.
        case several
    }

    init(
        _ name: String, _ method: Method, _ path: String, _ subject: ObjectKind? = nil,
        may verbs: [Verb] = [], harm: Harm = [], creates: ObjectKind? = nil,
        reach: Act.Reach = .referenced, query parameters: [Parameter] = [],
        body: Body = .none, answer: Answer = .value, refused: String? = nil,
        enters: Bool = false
    ) {
        self.name = name
        self.method = method
        self.path = path.split(separator: "/").map { part in
            guard part.first == "{" else { return .literal(String(part)) }
            return subject == .image || subject == .plugin ? .several : .one
        }
        self.subject = subject
        self.verbs = verbs
        self.harm = harm
        self.creates = creates
        self.reach = reach
        self.parameters = parameters
        self.body = body
        self.answer = answer
        self.refused = refused
        self.enters = enters
    }
}

/// The closed JSON bodies.
package enum BodyKind: String, CaseIterable, Sendable {
    case containerCreate
    case containerUpdate
    case containerConfig
    case execCreate
    case execStart
    case networkCreate
    case networkConnect
    case networkDisconnect
    case volumeCreate
    case volumeUpdate
    case service
    case secret
    case config
    case node
    case swarmInit
    case swarmJoin
    case swarm
    case swarmUnlock
    case pluginSettings
    case pluginPrivileges
    case credentials
}
