import EngineAPI
import Foundation
import JSON

/// Up to where an engine's events were heard, for the gateway that comes after this one. It is derived:
/// without it the next one begins with what happens then.
struct TrailFile: Hashable, Sendable {
    /// The last event.
    let mark: EventTrail.Mark
    /// Containers that the engine removes when they end.
    let removedAtEnd: [String]

    /// Reads a file; nil when there is none, or it is none of these.
    static func read(_ file: URL) -> TrailFile? {
        do {
            let value = try JSONReader.answer(Array(Data(contentsOf: file)))
            guard let time = value["time"]?.int64, time >= 0, let key = value["event"]?.string
            else {
                return nil
            }
            return TrailFile(
                mark: EventTrail.Mark(time: time, key: key),
                removedAtEnd: (value["removedAtEnd"]?.array ?? []).compactMap(\.string))
        } catch {
            return nil
        }
    }

    /// Writes the file; what a crash leaves is the old one or the new one.
    func write(_ file: URL) {
        let object = JSONObject([
            ("time", .integer(mark.time)), ("event", .string(mark.key)),
            ("removedAtEnd", .array(removedAtEnd.map { .string($0) })),
        ])
        do {
            try Data(JSONWriter.bytes(.object(object)) + [0x0A]).write(to: file, options: .atomic)
        } catch {
            // A full disk: the next gateway hears again what this one has, and says so.
            return
        }
    }
}
