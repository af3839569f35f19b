import JSON

/// A reference to an image's content (OCI image specification, "Content Descriptors"), as engines with
/// containerd's image store show it.
enum DescriptorView {
    /// Annotations that hold a name of the image, which may be another tenant's.
    private static let names = [name, tag]
    /// The whole name.
    static let name = "io.containerd.image.name"
    /// The tag, or the whole name where the other one is missing.
    static let tag = "org.opencontainers.image.ref.name"

    /// The reference without names.
    static func unnamed(_ descriptor: JSONValue) -> JSONValue {
        guard var object = descriptor.object, let annotations = object["annotations"]?.object else {
            return descriptor
        }
        let left = annotations.members.filter { !names.contains($0.name) }
        guard left.count < annotations.members.count else { return descriptor }
        object["annotations"] = left.isEmpty ? nil : .object(JSONObject(distinct: left))
        return .object(object)
    }
}
