package import Acts

/// What an act may change in lists of containers.
package enum ListChange: Hashable, Sendable {
    /// Nothing, or only what is made, whose id the answer tells.
    case nothing
    /// What is said of these containers: full ids, and what clients call them.
    case containers([String])
    /// What images are called: these names move, or any, of these images.
    case images(names: [String]?, ids: [String])
    /// What is said of any container.
    case everything

    /// What an act may change.
    ///
    /// - Parameters:
    ///   - act: The act.
    ///   - facts: What its references turned out to be.
    package init(_ act: Act, seeing facts: Facts) {
        func id(_ reference: Reference) -> String? {
            guard case .found(let id, _)? = facts[reference], !id.isEmpty else { return nil }
            return id
        }
        switch act.operation {
        case "ContainerStart", "ContainerStop", "ContainerRestart", "ContainerKill",
            "ContainerUpdate", "ContainerRename", "ContainerPause", "ContainerUnpause",
            "ContainerAttach", "ContainerAttachWebsocket", "ContainerWait", "ContainerDelete",
            "NetworkConnect", "NetworkDisconnect":
            // An id that was pinned is sent in the name's place.
            let named = act.references.filter { $0.kind == .container && $0.use != .makes }
            self = .containers(named.map { id($0) ?? $0.text })
        case "ContainerPrune": self = .everything
        case "ImageTag", "ImageDelete", "ImageCreate", "ImageCommit":
            let images = act.references.filter { $0.kind == .image }
            self = .images(names: images.map(\.text), ids: images.compactMap(id))
        case "ImageBuild", "ImageLoad", "ImagePrune": self = .images(names: nil, ids: [])
        default: self = .nothing
        }
    }
}
