import Acts
import JSON

/// What a permission changes in a service before it is written.
extension Draft {
    /// The containers of a service's tasks, and the volumes that they make, carry its stamps.
    mutating func stampTasks(_ stamps: [JSONObject.Member]) {
        guard var task = body?["TaskTemplate"]?.object,
            var container = task["ContainerSpec"]?.object
        else { return }
        container["Labels"] = StampedLabel.stamp(container["Labels"], with: stamps)
        container["Mounts"] = StampedLabel.stamp(mounts: container["Mounts"], with: stamps)
        task["ContainerSpec"] = .object(container)
        body?["TaskTemplate"] = .object(task)
    }

    /// Names what a service refers to by its id.
    ///
    /// - Parameters:
    ///   - reference: A network, a secret or a config.
    ///   - id: Under which id it was found.
    mutating func pinService(_ reference: Reference, _ id: String) {
        guard case .json(.service) = call.operation.body, let service = body else { return }
        let container = ["TaskTemplate", "ContainerSpec"]
        let places: [[String]] =
            switch reference.kind {
            case .network: [["Networks", "Target"], ["TaskTemplate", "Networks", "Target"]]
            case .secret: [container + ["Secrets", "SecretID"]]
            case .config:
                [
                    container + ["Configs", "ConfigID"],
                    container + ["Privileges", "CredentialSpec", "Config"],
                ]
            case .container, .exec, .image, .volume, .service, .task, .node, .plugin, .engine: []
            }
        let pinned = places.reduce(JSONValue.object(service)) { value, place in
            value.replacing(reference.text, with: id, at: place[...])
        }
        body = pinned.object
    }
}

extension JSONValue {
    /// The value with one text in the place of another wherever a path leads; lists on the way are
    /// gone through.
    fileprivate func replacing(
        _ old: String, with new: String, at path: ArraySlice<String>
    ) -> JSONValue {
        switch self {
        case .string(let text) where path.isEmpty && text.utf8.elementsEqual(old.utf8):
            return .string(new)
        case .array(let values):
            return .array(values.map { $0.replacing(old, with: new, at: path) })
        case .object(var object):
            guard let name = path.first, let value = object[name] else { return self }
            object[name] = value.replacing(old, with: new, at: path.dropFirst())
            return .object(object)
        case .null, .bool, .number, .string: return self
        }
    }
}
