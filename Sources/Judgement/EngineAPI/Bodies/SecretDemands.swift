import Acts
import JSON

/// What a secret or a config asks for.
enum SecretDemands {
    /// Reads the body of `POST /secrets/create`, `POST /configs/create` and their updates.
    static func read(_ body: JSONObject) -> [Demand] {
        // A driver is a plugin that makes the content; a templating driver has the engine itself
        // run the content as a program (see TaskTemplate).
        ["Driver", "Templating"].compactMap { field in
            guard let driver = body[field], !driver.isFalsy else { return nil }
            return Demand(.secretDriver(driver["Name"]?.string ?? ""), origin: field)
        }
    }
}
