extension Shape {
    /// `POST /secrets/create` and `POST /secrets/{id}/update`; the data is base64.
    static let secret = Shape.object(
        dataFields + [
            // API 1.31.
            Field("Driver", driver, .judge)
        ])

    /// `POST /configs/create` and `POST /configs/{id}/update`
    static let config = Shape.object(dataFields)

    private static let dataFields: [Field] = [
        Field("Name", .string, .judge),
        Field("Labels", .map(.string), .judge),
        Field("Data", .string),
        // API 1.37.
        Field("Templating", driver, .judge),
    ]
}
