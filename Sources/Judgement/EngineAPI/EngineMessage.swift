import JSON

/// What an engine says of a failure, as the client that asked may read it.
package enum EngineMessage {
    /// Says ids in the client's own words, and no others.
    ///
    /// Requests go to the engine with full ids in the place of names, so it answers about ids that the
    /// client never gave; and where somebody else was faster, it names what that one has made.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - spelled: What the client called each id that was sent.
    ///   - hidesOthers: True when ids that the client did not mean may be other tenants'.
    /// - Returns: The answer; as it was when it is no `{"message": …}`, without any foreign id.
    package static func retold(
        _ body: [UInt8], spelled: [String: String], hidesOthers: Bool
    ) -> [UInt8] {
        let object: JSONObject
        do {
            guard let read = try JSONReader.answer(body, depthLimit: 8).object else {
                return told(body, [:], hidesOthers)
            }
            object = read
        } catch {
            return told(body, [:], hidesOthers)
        }
        guard let message = object["message"]?.string else { return told(body, [:], hidesOthers) }
        var retold = object
        let text = told(Array(message.utf8), spelled, hidesOthers)
        retold["message"] = .string(String(decoding: text, as: UTF8.self))
        return JSONWriter.bytes(.object(retold)) + [0x0A]
    }

    /// Text with each id replaced: 64 hexadecimal digits, or the first twelve of them.
    private static func told(
        _ text: [UInt8], _ spelled: [String: String], _ hidesOthers: Bool
    ) -> [UInt8] {
        let digest = Array("sha256:".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var run = 0
        func end(at index: Int) {
            guard run == 64 || (run == 12 && hidesOthers) else { return }
            let id = String(decoding: text[index - run..<index], as: UTF8.self)
            let isDigest = output.dropLast(run).suffix(digest.count).elementsEqual(digest)
            let known = spelled.first { $0.key.hasPrefix(id) || $0.key.hasPrefix("sha256:" + id) }
            guard let said = known?.value ?? (hidesOthers ? "(hidden)" : nil) else { return }
            output.removeLast(run + (isDigest ? digest.count : 0))
            output += Array(said.utf8)
        }
        for (index, byte) in text.enumerated() {
            if 0x30...0x39 ~= byte || 0x61...0x66 ~= byte {
                run += 1
            } else {
                end(at: index)
                run = 0
            }
            output.append(byte)
        }
        end(at: text.count)
        return output
    }
}
