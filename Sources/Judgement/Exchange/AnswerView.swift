import Acts
import EngineAPI
import JSON

/// How an engine's answer is changed as a whole before a client sees it.
enum AnswerView {
    /// What a tenant may know of the engine.
    case info
    /// A tenant's own part of what the whole engine holds, item by item, at most so many.
    case list(ListSieve.Kind, tenant: String, limit: Int?)
    /// A container without the execs that others have made.
    case container
    /// A network without the name of its bridge.
    case network
    /// Events, line by line, without those of execs that others have made.
    case events
    /// A new exec, which is its maker's.
    case exec
    /// A new object, which is the tenant's.
    case made(ObjectKind)
    /// Names that an image lost.
    case untagged
    /// An image with the names that a tenant may see.
    case image(tenant: String)
    /// What says names of objects, and nothing else of others.
    case named
    /// The same, line by line while it lasts.
    case lines
    /// An answer of which nothing is shown before all of it is here.
    case whole(status: Int)
    /// The same, whose head is shown at once.
    case late
    /// The engine's words for a failure, with ids said as the client did.
    case failure(spelled: [String: String], hidesOthers: Bool)

    /// The view of an operation's answer; nil when it is passed on as it is.
    init?(_ operation: Operation?, _ permit: Permit?, limit: Int? = nil) {
        for case .own(let kind, _) in permit?.obligations ?? [] {
            self = .made(kind)
            return
        }
        switch operation?.name {
        case "ContainerInspect": self = .container
        // Whoever lists containers next is to see it.
        case "ContainerCreate": self = .made(.container)
        case "SystemEvents": self = .events
        case "NetworkInspect" where permit?.isShared == true && permit?.tenant != nil:
            self = .network
        case "ContainerExec": self = .exec
        case "ImageDelete": self = .untagged
        case let name?:
            guard let narrow = Self.tenant(permit) else {
                if permit?.tellsNames != true { return nil }
                self.init(naming: name)
                return
            }
            switch operation?.reach {
            case .summary? where name == "SystemDataUsage":
                self = .list(.dataUsage, tenant: narrow, limit: nil)
            case .summary?: self = .info
            case .list(.image)? where name == "ImageList":
                self = .list(.images, tenant: narrow, limit: nil)
            case .list(let kind)? where operation?.harm.contains(.changes) == false:
                self = .list(.objects(kind), tenant: narrow, limit: limit)
            case .referenced? where name == "ImageInspect" || name == "ImageHistory":
                self = .image(tenant: narrow)
            default: self.init(naming: name)
            }
        case nil: return nil
        }
    }

    /// The view of an answer that says names of objects; nil when it says none. Content that a
    /// container or a registry speaks is left as it is.
    private init?(naming operation: String) {
        switch operation {
        case "ContainerStats": self = .lines
        case "NetworkInspect", "VolumeInspect", "ServiceInspect", "SecretInspect", "ConfigInspect",
            "TaskInspect", "ContainerUpdate", "ServiceUpdate", "NetworkPrune", "VolumePrune":
            self = .named
        default: return nil
        }
    }

    /// True when names that nobody knows any more could be another tenant's.
    var hidesUnknown: Bool {
        if case .failure(_, let hidesOthers) = self { hidesOthers } else { false }
    }

    /// The tenant that a permission narrows answers to.
    static func tenant(_ permit: Permit?) -> String? {
        for case .narrow(let tenant) in permit?.obligations ?? [] { return tenant }
        return nil
    }

    /// The status of the answers that are changed; any other is an error of the engine's.
    var status: Int {
        switch self {
        case .info, .list, .container, .network, .events, .image, .untagged, .named, .lines, .late:
            200
        case .whole(let status): status
        case .exec, .made: 201
        case .failure: 400
        }
    }

    /// The answer as the client sees it, or nil when it cannot be read.
    func show(_ body: [UInt8], isSeen: (String) -> Bool, _ owners: Owners) -> [UInt8]? {
        switch self {
        case .info: SummaryView.narrow(body)
        case .network: NetworkView.hidingBridge(body)
        case .container: ContainerView.hidingExecs(body, where: isSeen)
        // They are never collected.
        case .events, .list, .lines, .late: nil
        case .named, .whole: body
        case .exec: ContainerView.madeExec(body) == nil ? nil : body
        case .made(let kind): MadeObject(kind, body) == nil ? nil : body
        case .untagged: body
        case .image(let tenant):
            ImageListView.naming(body, for: tenant, owner: owners.images)
        case .failure(let spelled, let hidesOthers):
            EngineMessage.retold(body, spelled: spelled, hidesOthers: hidesOthers)
        }
    }

    /// How failures are told, when what was sent holds ids that the client did not give, or what the
    /// engine says could be others'.
    static func failure(_ act: Act, _ facts: Facts, _ permit: Permit) -> AnswerView? {
        let hidesOthers = permit.isShared && permit.tenant != nil
        var spelled: [String: String] = [:]
        for reference in act.references {
            guard case .found(let id, _)? = facts[reference] else { continue }
            if hidesOthers || id != reference.text { spelled[id] = reference.text }
        }
        if spelled.isEmpty, !hidesOthers { return nil }
        return .failure(spelled: spelled, hidesOthers: hidesOthers)
    }

    /// The exec that an answer tells of.
    func madeExec(_ body: [UInt8]) -> String? {
        if case .exec = self { ContainerView.madeExec(body) } else { nil }
    }

    /// The object that an answer tells of, other than an exec.
    func made(_ body: [UInt8]) -> MadeObject? {
        if case .made(let kind) = self { MadeObject(kind, body) } else { nil }
    }

    /// The names of images that an answer tells the end of, in canonical spelling.
    func lostNames(_ body: [UInt8]) -> [String] {
        if case .untagged = self { ImageListView.untagged(body) } else { [] }
    }
}
