import Acts
package import EngineAPI
import JSON

/// Whose things are, for the views of answers.
package struct Owners {
    /// Says whose an object is.
    package let objects: Sighting.Owner
    /// The tenant that made an image's name, in canonical spelling.
    package let images: (String) -> String?
    /// The execs that the identity itself has made.
    package let execs: Set<String>

    /// Puts them together; without any everything is the administrators'.
    package init(
        objects: @escaping Sighting.Owner = { _ in nil },
        images: @escaping (String) -> String? = { _ in nil }, execs: Set<String> = []
    ) {
        self.objects = objects
        self.images = images
        self.execs = execs
    }
}

/// How an engine's answer is changed as a whole before a client sees it.
enum AnswerView {
    /// A tenant's own part of what sums up the whole engine.
    case summary(operation: String, tenant: String)
    /// A tenant's own objects of a kind, at most so many.
    case list(ObjectKind, tenant: String, limit: Int?)
    /// A container without the execs that others have made.
    case container
    /// A new exec, which is its maker's.
    case exec
    /// A new object, which is the tenant's.
    case made(ObjectKind)
    /// Names that an image lost.
    case untagged
    /// A tenant's own and the shared images.
    case images(tenant: String)
    /// An image with the names that a tenant may see.
    case image(tenant: String)

    /// The view of an operation's answer; nil when it is passed on as it is.
    init?(_ operation: Operation?, _ permit: Permit?, limit: Int? = nil) {
        for case .own(let kind, _) in permit?.obligations ?? [] {
            self = .made(kind)
            return
        }
        switch operation?.name {
        case "ContainerInspect": self = .container
        case "ContainerExec": self = .exec
        case "ImageDelete": self = .untagged
        case let name?:
            guard let narrow = Self.tenant(permit) else { return nil }
            switch operation?.reach {
            case .summary?: self = .summary(operation: name, tenant: narrow)
            case .list(.image)? where name == "ImageList": self = .images(tenant: narrow)
            case .list(let kind)?
            where operation?.harm.contains(.changes) == false && operation?.isLive == false:
                self = .list(kind, tenant: narrow, limit: limit)
            case .referenced? where name == "ImageInspect" || name == "ImageHistory":
                self = .image(tenant: narrow)
            default: return nil
            }
        case nil: return nil
        }
    }

    /// The tenant that a permission narrows answers to.
    static func tenant(_ permit: Permit?) -> String? {
        for case .narrow(let tenant) in permit?.obligations ?? [] { return tenant }
        return nil
    }

    /// The status of the answers that are changed; any other is an error of the engine's.
    var status: Int {
        switch self {
        case .summary, .list, .container, .images, .image, .untagged: 200
        case .exec, .made: 201
        }
    }

    /// The answer as the client sees it, or nil when it cannot be read.
    func show(_ body: [UInt8], _ owners: Owners) -> [UInt8]? {
        switch self {
        case .summary(let operation, let tenant):
            SummaryView.narrow(
                operation, body, to: tenant, owner: owners.objects, imageOwner: owners.images)
        case .list(let kind, let tenant, let limit):
            ObjectListView.narrow(kind, body, to: tenant, limit: limit, owner: owners.objects)
        case .container: ContainerView.hidingExecs(body, except: owners.execs)
        case .exec: ContainerView.madeExec(body) == nil ? nil : body
        case .made(let kind): MadeObject(kind, body) == nil ? nil : body
        case .untagged: body
        case .images(let tenant):
            ImageListView.narrow(body, to: tenant, owner: owners.images)
        case .image(let tenant):
            ImageListView.naming(body, for: tenant, owner: owners.images)
        }
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
