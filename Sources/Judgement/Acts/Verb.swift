/// What a person would say they do: the words of grants.
///
/// A verb is a named set of operations; the catalogue in `EngineAPI` names for each operation the
/// verbs that include it. Raw values are what stands in `policy.yaml`.
package enum Verb: String, CaseIterable, Hashable, Sendable {
    // Looking.
    case view
    case logs
    case search

    // Running containers.
    case run
    case start
    case stop
    case restart
    case kill
    case pause
    case wait
    case rename
    case update
    case rm

    // Reaching into containers.
    case attach
    case exec
    case cp
    case export
    case commit
    case enter

    // What others do in the guarded shell.
    case review
    case recall
    case watch
    case moderate
    case approve

    // Images.
    case pull
    case push
    case build
    case tag
    case rmi
    case load
    case save
    case `import`
    case login

    // What containers use.
    case network
    case volume
    case prune

    // Swarm and engine.
    case service
    case secret
    case config
    case node
    case swarm
    case plugin

    /// One line for `quaymaster policy verbs`.
    package var meaning: String {
        switch self {
        case .view: "lists, inspects, top, stats, changes, history, events, info, df"
        case .logs: "output of containers, services and tasks"
        case .search: "search a registry for images (the engine connects out)"
        case .run: "create, start, attach to, resize, signal and wait for containers"
        case .start: "start containers that exist"
        case .stop: "stop containers"
        case .restart: "restart containers"
        case .kill: "send signals to containers"
        case .pause: "pause and unpause containers"
        case .wait: "wait for containers to end"
        case .rename: "rename containers"
        case .update: "change limits and restart policies of containers"
        case .rm: "remove containers"
        case .attach: "attach to the streams of running containers"
        case .exec: "run further programs in containers"
        case .cp: "copy files out of and into containers"
        case .export: "read a container's whole file system"
        case .commit: "make an image of a container"
        case .enter: "diagnose containers by the guarded shell (quaymaster enter)"
        case .review: "see the recordings of everybody's sessions of the guarded shell"
        case .recall: "see the recordings of one's own sessions of the guarded shell"
        case .watch: "watch sessions of the guarded shell while they go on (quaymaster watch)"
        case .moderate: "pause, resume and end sessions of the guarded shell"
        case .approve: "approve what others may do in the guarded shell once you have seen it"
        case .pull: "pull images from a registry"
        case .push: "push images to a registry"
        case .build: "build images"
        case .tag: "give images further names"
        case .rmi: "remove images"
        case .load: "load images from an archive"
        case .save: "save images to an archive"
        case .import: "make an image of a file system archive"
        case .login: "check credentials of a registry"
        case .network: "create, remove, connect and disconnect networks"
        case .volume: "create, update and remove volumes"
        case .prune: "remove what is unused"
        case .service: "create, change and remove Swarm services"
        case .secret: "create, change and remove Swarm secrets"
        case .config: "create, read, change and remove Swarm configs"
        case .node: "change and remove Swarm nodes"
        case .swarm: "initialise, join, leave, unlock and change a Swarm"
        case .plugin: "install, change and remove engine plugins (they run as root)"
        }
    }
}

/// What an operation can do to the world: the classes that records, limits and drains go by.
package struct Harm: OptionSet, Hashable, Sendable {
    /// The bits.
    package let rawValue: UInt8

    /// Makes a set from bits.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Changes the engine's state: forwarded only when its record is durable.
    package static let changes = Harm(rawValue: 1)
    /// Carries data out of containers, volumes or images: recorded like what changes state.
    package static let discloses = Harm(rawValue: 2)
    /// Runs or steers programs.
    package static let executes = Harm(rawValue: 4)
    /// Makes the engine connect to an address that the request names.
    package static let connectsOut = Harm(rawValue: 8)
    /// Governs the host or every tenant on it.
    package static let host = Harm(rawValue: 16)

    /// True for what is forwarded only when its record is durable: what changes state, and reads that
    /// carry data out. Neither is ever counted with others instead of being written.
    package var isRecordedFirst: Bool { !isDisjoint(with: [.changes, .discloses]) }
}
