import JSON

/// What answers about one container show.
package enum ContainerView {
    /// An answer of inspect without the execs that others have made in it.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - isSeen: Tells whether an exec may be shown, by its id.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func hidingExecs(
        _ body: [UInt8], where isSeen: (String) -> Bool
    ) -> [UInt8]? {
        guard case .object(var object)? = read(body) else { return nil }
        // The name of any image of the same content stands there.
        object["ImageManifestDescriptor"] = object["ImageManifestDescriptor"]
            .map(DescriptorView.unnamed)
        // The engine says null where there are none.
        if let shown = object["ExecIDs"]?.array {
            let left = shown.filter { isSeen($0.string ?? "") }
            object["ExecIDs"] = left.isEmpty ? .null : .array(left)
        }
        return JSONWriter.bytes(.object(object))
    }

    /// A container whose network is named where we have sent its id, as clients look the mode up among
    /// the networks; in any state of the container.
    ///
    /// - Parameters:
    ///   - container: An entry of a list, or an answer of inspect.
    ///   - name: The engine's name of a network, by its full id.
    /// - Returns: The container.
    static func namingNetwork(
        _ container: JSONObject, _ name: (String) -> String?
    ) -> JSONObject {
        guard var host = container["HostConfig"]?.object,
            let name = host["NetworkMode"]?.string.flatMap(name)
        else { return container }
        host["NetworkMode"] = .string(name)
        var container = container
        container["HostConfig"] = .object(host)
        return container
    }

    /// The same in an answer of inspect.
    package static func namingNetwork(
        _ body: [UInt8], _ name: (String) -> String?
    ) -> [UInt8]? {
        read(body)?.object.map { JSONWriter.bytes(.object(namingNetwork($0, name))) }
    }

    /// The id in the answer to the making of an exec.
    package static func madeExec(_ body: [UInt8]) -> String? {
        read(body)?["Id"]?.string
    }

    private static func read(_ body: [UInt8]) -> JSONValue? {
        do {
            return try JSONReader.answer(body)
        } catch {
            return nil
        }
    }
}
