/// Why something is not kept.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another tenant has the tag, or the object.
    case taken(String, by: String)
    /// The tenant has as many tags as it may.
    case full(String, Int)
    /// The tenant has as many objects of a kind as it may.
    case crowded(String, kind: String, Int)
    /// What cannot be kept: it is empty, too long, or no printable ASCII.
    case unkeepable(String)
    /// Another process has the store open.
    case inUse(String)
    /// A newer version of this program has written it.
    case newer(String)
    /// It is not whole, and nothing was changed.
    case damaged(String, String)
    /// The disk refuses.
    case failed(String, String)
    /// The gateway stops.
    case closed

    /// What is wrong, naming the file.
    package var description: String {
        switch self {
        case .taken(let what, _): "\(what) is taken"
        case .full(let tenant, let most):
            "\(tenant) has \(most) names of images, and no tenant has more"
        case .crowded(let tenant, let kind, let most):
            "\(tenant) has \(most) \(kind)s, and no tenant has more"
        case .unkeepable(let text): "\"\(text.prefix(64))\" cannot be kept"
        case .inUse(let path): "another quaymaster uses \(path)"
        case .newer(let path): "\(path) was written by a newer quaymaster"
        case .damaged(let path, let what): "\(path) is damaged: \(what)"
        case .failed(let path, let what): "cannot use \(path): \(what)"
        case .closed: "the gateway stops"
        }
    }

    /// What to do about it.
    package var hint: String? {
        switch self {
        case .taken, .unkeepable, .closed: nil
        case .crowded: "remove some first"
        case .full: "remove images that nobody uses: docker rmi NAME"
        case .inUse: "stop it, or ask it"
        case .newer: "start the version that has written it, or a newer one"
        case .damaged:
            "restore it from a backup, with the files beside it; what every tenant owns stands there"
        case .failed: "make room on the disk, and look at the owner and mode of the directory"
        }
    }
}
