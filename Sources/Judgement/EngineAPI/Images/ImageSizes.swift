package import JSON

/// How large images are: what is left of a long list while images of it are removed.
package struct ImageSizes: Sendable {
    /// By id, the bytes beyond those of the image that it was built on.
    private var own: [String: Int64] = [:]

    /// Reads them.
    ///
    /// - Parameter images: All images of the engine (`GET /images/json?all=1`).
    package init(_ images: [JSONValue]) {
        var whole: [String: Int64] = [:]
        for image in images {
            if let id = image["Id"]?.string { whole[id] = image["Size"]?.int64 ?? 0 }
        }
        for image in images {
            guard let id = image["Id"]?.string else { continue }
            let parent = image["ParentId"]?.string.flatMap { whole[$0] } ?? 0
            own[id] = max(0, (whole[id] ?? 0) - parent)
        }
    }

    /// What some of them took up together, in bytes.
    func bytes(of ids: Set<String>) -> Int64 { ids.reduce(0) { $0 + (own[$1] ?? 0) } }
}
