import Acts
import EngineAPI

/// How an engine's answer is changed as a whole before a client sees it.
enum AnswerView {
    /// A tenant's own part of what sums up the whole engine.
    case summary(operation: String, tenant: String)
    /// A container without the execs that others have made.
    case container
    /// Events, line by line, without those of execs that others have made.
    case events
    /// A new exec, which is its maker's.
    case exec
    /// Names that an image lost.
    case untagged
    /// A tenant's own and the shared images.
    case images(tenant: String)
    /// An image with the names that a tenant may see.
    case image(tenant: String)

    /// The view of an operation's answer; nil when it is passed on as it is.
    init?(_ operation: Operation?, _ permit: Permit?) {
        switch operation?.name {
        case "ContainerInspect": self = .container
        case "SystemEvents": self = .events
        case "ContainerExec": self = .exec
        case "ImageDelete": self = .untagged
        case let name?:
            var narrow: String?
            for case .narrow(let tenant) in permit?.obligations ?? [] { narrow = tenant }
            guard let narrow else { return nil }
            switch operation?.reach {
            case .summary?: self = .summary(operation: name, tenant: narrow)
            case .list(.image)? where name == "ImageList": self = .images(tenant: narrow)
            case .referenced? where name == "ImageInspect" || name == "ImageHistory":
                self = .image(tenant: narrow)
            default: return nil
            }
        case nil: return nil
        }
    }

    /// The status of the answers that are changed; any other is an error of the engine's.
    var status: Int {
        switch self {
        case .summary, .container, .events, .images, .image, .untagged: 200
        case .exec: 201
        }
    }

    /// The answer as the client sees it, or nil when it cannot be read.
    func show(
        _ body: [UInt8], isSeen: (String) -> Bool, imageOwner: (String) -> String?
    ) -> [UInt8]? {
        switch self {
        case .summary(let operation, let tenant):
            SummaryView.narrow(operation, body, to: tenant, imageOwner: imageOwner)
        case .container: ContainerView.hidingExecs(body, where: isSeen)
        // They are never collected.
        case .events: nil
        case .exec: ContainerView.madeExec(body) == nil ? nil : body
        case .untagged: body
        case .images(let tenant):
            ImageListView.narrow(body, to: tenant, owner: imageOwner)
        case .image(let tenant):
            ImageListView.naming(body, for: tenant, owner: imageOwner)
        }
    }

    /// The exec that an answer tells of.
    func madeExec(_ body: [UInt8]) -> String? {
        switch self {
        case .exec: ContainerView.madeExec(body)
        case .summary, .container, .events, .images, .image, .untagged: nil
        }
    }

    /// The names of images that an answer tells the end of, in canonical spelling.
    func lostNames(_ body: [UInt8]) -> [String] {
        switch self {
        case .untagged: ImageListView.untagged(body)
        case .summary, .container, .events, .images, .image, .exec: []
        }
    }
}
