package import Acts
import JSON

/// The image of a container or a service as its maker said it, in the place of the id that the engine
/// was told.
package enum OriginView {
    /// An answer to inspect.
    ///
    /// - Parameters:
    ///   - kind: What is inspected.
    ///   - body: The engine's answer.
    ///   - names: What it was made from.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func named(
        _ kind: ObjectKind, _ body: [UInt8], _ names: ImageNames
    ) -> [UInt8]? {
        do {
            let value = try JSONReader.answer(body)
            guard case .object(let object) = value else { return nil }
            return JSONWriter.bytes(.object(named(kind, object, names)))
        } catch {
            return nil
        }
    }

    /// An object of an inspect or a list of containers or services.
    static func named(
        _ kind: ObjectKind, _ object: JSONObject, _ names: ImageNames
    ) -> JSONObject {
        guard kind == .container || kind == .service,
            let id = (object["Id"] ?? object["ID"])?.string, let origin = names.origin(kind, id)
        else { return object }
        let paths =
            kind == .container
            ? [["Config", "Image"], ["Image"]]
            : ["Spec", "PreviousSpec"].map { [$0, "TaskTemplate", "ContainerSpec", "Image"] }
        // What an inspect says beside its configuration is the id, to everybody.
        let isInspected = object["Config"] != nil
        return paths.reduce(object) { object, path in
            path.count == 1 && isInspected ? object : said(object, path[...], origin)
        }
    }

    private static func said(
        _ object: JSONObject, _ path: ArraySlice<String>, _ origin: (said: String, id: String)
    ) -> JSONObject {
        guard let name = path.first, let value = object[name] else { return object }
        var object = object
        if path.count > 1 {
            guard let inner = value.object else { return object }
            object[name] = .object(said(inner, path.dropFirst(), origin))
        } else if value.string == origin.id {
            object[name] = .string(origin.said)
        }
        return object
    }

    /// An event of a container with the image as its maker said it.
    ///
    /// - Parameters:
    ///   - line: The event, one JSON object.
    ///   - names: What it was made from.
    /// - Returns: The event.
    package static func told(_ line: [UInt8], _ names: ImageNames) -> [UInt8] {
        let event: JSONValue
        do {
            event = try JSONReader.answer(line)
        } catch {
            return line
        }
        guard var object = event.object, var actor = object["Actor"]?.object,
            let kind = (object["Type"]?.string).flatMap(ObjectKind.init(rawValue:)),
            var attributes = actor["Attributes"]?.object
        else { return line }
        let place = kind == .image ? "name" : "image"
        guard let said = attributes[place]?.string,
            let told = told(kind, actor["ID"]?.string ?? "", said, names)
        else { return line }
        attributes[place] = .string(told)
        actor["Attributes"] = .object(attributes)
        func retell(_ field: String, _ object: inout JSONObject) {
            if object[field]?.string == said { object[field] = .string(told) }
        }
        retell("ID", &actor)
        object["Actor"] = .object(actor)
        retell("id", &object)
        retell("from", &object)
        return JSONWriter.bytes(.object(object)) + [0x0A]
    }

    private static func told(
        _ kind: ObjectKind, _ id: String, _ said: String, _ names: ImageNames
    ) -> String? {
        switch kind {
        case .container:
            guard let origin = names.origin(kind, id), origin.id == said else { return nil }
            return origin.said
        case .image:
            guard let anchor = ImageAnchor(parsing: said),
                let naming = names.naming(anchor.nonce)
            else { return nil }
            return naming.reference.isEmpty ? id : naming.familiar
        default: return nil
        }
    }
}
