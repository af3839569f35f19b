import Acts
import EngineAPI
import JSON

/// How an engine's answer is changed as a whole before a client sees it.
enum AnswerView {
    /// What a tenant may know of the engine.
    case info
    /// A tenant's own part of what the whole engine holds, item by item, at most so many.
    case list(ListSieve.Kind, tenant: String, limit: Int?, images: ImageFilter)
    /// A container without the execs that others have made, and with the image's name as its maker
    /// said it.
    case container(tenant: String?)
    /// A network without the name of its bridge and without what others have on it.
    case network(tenant: String)
    /// A volume without our labels.
    case volume
    /// A service with the image's name as its maker said it.
    case service
    /// Events, line by line, without those of execs that others have made.
    case events
    /// A new exec, which is its maker's.
    case exec
    /// A new object, which is the tenant's.
    case made(ObjectKind)
    /// A name of an image that a tenant has removed.
    case untagged(tenant: String)
    /// A name that an image was given.
    case tagged
    /// Progress of what makes or moves images.
    case progress
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
    init?(
        _ operation: Operation?, _ permit: Permit?, limit: Int? = nil,
        images: ImageFilter = ImageFilter()
    ) {
        for case .own(let kind, _) in permit?.obligations ?? [] {
            self = .made(kind)
            return
        }
        if operation?.name == "NetworkInspect", permit?.isShared == true,
            let tenant = permit?.tenant
        {
            self = .network(tenant: tenant)
            return
        }
        switch operation?.name {
        case "ContainerInspect":
            self = .container(tenant: permit?.namesImages == true ? permit?.tenant : nil)
        // Whoever lists containers next is to see it.
        case "ContainerCreate": self = .made(.container)
        case "SystemEvents": self = .events
        case "ContainerExec": self = .exec
        case let name?:
            if let tenant = permit?.tenant, permit?.namesImages == true,
                let view = Self.ofImages(name, tenant)
            {
                self = view
                return
            }
            guard let narrow = Self.tenant(permit) else {
                if permit?.tellsNames != true { return nil }
                self.init(naming: name)
                return
            }
            switch operation?.reach {
            case .summary? where name == "SystemDataUsage":
                self = .list(.dataUsage, tenant: narrow, limit: nil, images: ImageFilter())
            case .summary?: self = .info
            case .list(.image)? where name == "ImageList":
                self = .list(.images, tenant: narrow, limit: nil, images: images)
            case .list(let kind)? where operation?.harm.contains(.changes) == false:
                self = .list(.objects(kind), tenant: narrow, limit: limit, images: ImageFilter())
            case .referenced? where name == "ImageInspect" || name == "ImageHistory":
                self = .image(tenant: narrow)
            default: self.init(naming: name)
            }
        case nil: return nil
        }
    }

    /// The view of an answer that passes as it is once the record knows what was pruned.
    init?(pruning operation: Operation?) {
        guard operation?.isPrune == true else { return nil }
        self = .whole(status: 200)
    }

    /// The view of an answer that says names of objects; nil when it says none. Content that a
    /// container or a registry speaks is left as it is.
    private init?(naming operation: String) {
        switch operation {
        case "ContainerStats": self = .lines
        case "VolumeInspect": self = .volume
        case "NetworkInspect", "ServiceInspect", "SecretInspect", "ConfigInspect",
            "TaskInspect", "ContainerUpdate", "ServiceUpdate", "NetworkPrune", "VolumePrune":
            self = .named
        default: return nil
        }
    }

    /// True when names that nobody knows any more could be another tenant's.
    var hidesUnknown: Bool {
        if case .failure(_, let hidesOthers) = self { hidesOthers } else { false }
    }

    /// The views of what makes, removes and moves a tenant's images.
    private static func ofImages(_ operation: String, _ tenant: String) -> AnswerView? {
        switch operation {
        case "ImageDelete": .untagged(tenant: tenant)
        case "ImageTag", "ImageCommit": .tagged
        case "ImageBuild", "ImageLoad", "ImageCreate", "ImagePush": .progress
        case "ServiceInspect": .service
        default: nil
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
        case .info, .list, .container, .network, .volume, .service, .events, .image, .untagged,
            .named,
            .lines, .late, .progress:
            200
        case .whole(let status): status
        case .exec, .made, .tagged: 201
        case .failure: 400
        }
    }

    /// The answer as the client sees it, or nil when it cannot be read.
    func show(
        _ body: [UInt8], isSeen: (String) -> Bool, _ owners: Owners, _ imageTelling: ImageTelling
    ) -> [UInt8]? {
        switch self {
        case .info: SummaryView.narrow(body)
        case .container(let tenant):
            ContainerView.hidingExecs(body, where: isSeen).flatMap {
                tenant == nil
                    ? $0
                    : OriginView.named(.container, $0, owners.images)
                        .flatMap { ContainerView.namingNetwork($0, owners.networks) }
            }
        case .service: OriginView.named(.service, body, owners.images)
        // They are never collected.
        case .events, .list, .lines, .late, .progress: nil
        case .network(let tenant): NetworkMembers.show(body, to: tenant, owners)
        case .volume: StampedLabel.hidden(in: body)
        case .named, .whole: body
        case .exec: ContainerView.madeExec(body) == nil ? nil : body
        case .made(let kind): MadeObject(kind, body) == nil ? nil : body
        case .untagged(let tenant):
            ImageListView.untagged(body, for: tenant, owners.images, imageTelling)
        case .tagged: body
        case .image(let tenant): ImageListView.naming(body, for: tenant, owners.images)
        case .failure(let spelled, let hidesOthers):
            EngineMessage.retold(
                imageTelling.tell(body), spelled: spelled, hidesOthers: hidesOthers)
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
}
