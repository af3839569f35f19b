import Acts
import JSON

/// What an engine may tell of because of one request: which events, of what, and how many of them.
///
/// It is told from the request as the engine is sent it, so that it holds for clients' requests and for
/// the gateway's own alike.
package struct ExpectedEvents: Hashable, Sendable {
    /// What an event is about.
    enum Subject: Hashable, Sendable {
        /// Anything of its type.
        case any
        /// An object by its id, the beginning of it, or its name.
        case object(String)
        /// One of these names of images.
        case images(Set<String>)
        /// One of these, by ids or names.
        case these(Set<String>)
        /// A volume that nobody has named.
        case unnamed
        /// What happens to this container, told of a network.
        case inside(String)
        /// An exec by its id.
        case exec(String)
        /// A container that is made from this image.
        case madeFrom(String)
        /// A container that may be a step of a build: made from an image's id, named by nobody.
        case step
    }

    /// Events of one kind.
    struct Expectation: Hashable, Sendable {
        let type: String
        let actions: Set<String>
        var subject: Subject
        /// How many more of each action are expected; nil: however many come.
        var left: [String: Int]?
        /// True when it is about what was never told to be there.
        var isOfUnknown = false
        /// Which of each object have come, where each is expected once; nil: they may come again.
        var once: Set<String>?
        /// True once the engine has told what it tells after it.
        var isOver = false

        init(
            _ type: String, _ actions: Set<String>, _ subject: Subject, most: Int? = 1
        ) {
            self.type = type
            self.actions = actions
            self.subject = subject
            left = most.map { most in Dictionary(uniqueKeysWithValues: actions.map { ($0, most) }) }
        }

        /// True when the event is one of those.
        func fits(_ event: EngineEvent) -> Bool {
            guard event.type == type, actions.contains(event.verb), !isOver else { return false }
            if let left, left[event.verb, default: 0] < 1 { return false }
            if let once, once.contains(Self.key(event)) { return false }
            return subject.fits(event)
        }

        /// One has come.
        mutating func count(_ event: EngineEvent) {
            left?[event.verb, default: 0] -= 1
            once?.insert(Self.key(event))
        }

        private static func key(_ event: EngineEvent) -> String { event.verb + " " + event.id }
    }

    /// The events that are expected.
    var expectations: [Expectation]
    /// What the container is like that is made; nil when none is, or a build makes it.
    var makes: ContainerTraits?
    /// What the build is like whose steps are containers; nil: it is none.
    var build: BuildTraits?
    /// What an error says that the engine answers.
    var refusals = Refusals()
    /// How long its events may follow after its client has left, in nanoseconds.
    var echo: Int64 = 120_000_000_000
    /// True for a prune: its answer says what it has removed.
    var isPrune = false

    init(_ expectations: [Expectation]) {
        self.expectations = expectations
    }

    /// An event has come behind which the engine tells no more of some others: it connects a container
    /// before it starts it, and says last that it has pruned.
    mutating func close(behind event: EngineEvent) {
        let isStart = event.type == "container" && event.verb == "start"
        guard isStart || event.verb == "prune" else { return }
        for index in expectations.indices
        where event.verb == "prune" || expectations[index].type == "network" {
            expectations[index].isOver = true
        }
    }
}

extension ExpectedEvents.Subject {
    /// True for what names nothing.
    var isWide: Bool { [.any, .unnamed].contains(self) }

    /// True when the event is about it.
    func fits(_ event: EngineEvent) -> Bool {
        switch self {
        case .any: true
        case .object(let text): event.isAbout(text)
        case .images(let names):
            ![event.id, event.attributes["name"]?.string ?? ""].allSatisfy {
                names.isDisjoint(with: Self.spellings(of: $0))
            }
        case .these(let ids):
            ids.contains(event.id) || ids.contains(event.attributes["name"]?.string ?? "")
        case .unnamed: Self.isID(event.id)
        case .inside(let text):
            event.attributes["container"]?.string.map { !$0.isEmpty && $0.hasPrefix(text) } ?? false
                || event.attributes[EngineEvent.containerName]?.string
                    == (text.first == "/" ? String(text.dropFirst()) : text)
        case .exec(let id): event.attributes["execID"]?.string == id
        case .madeFrom(let image): event.attributes["image"]?.string == image
        case .step:
            event.attributes["image"]?.string?.hasPrefix("sha256:") == true && event.isNamedByEngine
        }
    }

    /// What an image may be called that is meant by a text, for comparing.
    static func spellings(of text: String) -> Set<String> {
        guard !text.isEmpty else { return [] }
        guard let reference = ImageReference(text) else { return [text] }
        return [text, reference.canonical]
    }

    /// True for a full id: 64 hexadecimal digits.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isHexadecimal)
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

extension EngineEvent {
    /// What has happened, without what is told behind a colon: commands are nobody's business.
    var verb: String {
        action.firstIndex(of: ":").map { String(action[..<$0]) } ?? action
    }

    /// True when an object is meant by an id, the beginning of one, or a name.
    func isAbout(_ text: String) -> Bool {
        let name = text.first == "/" ? String(text.dropFirst()) : text
        guard !name.isEmpty else { return false }
        if id == name || attributes["name"]?.string == name { return true }
        // A container is asked for by the name that it had.
        if attributes["oldName"]?.string == "/" + name { return true }
        return name.utf8.allSatisfy(ExpectedEvents.Subject.isHexadecimal) && id.hasPrefix(name)
    }
}
