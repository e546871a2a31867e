namespace RaftAkka.KeyValue;

/// <summary>
/// What the store takes. The client refuses more than this by an <see cref="ArgumentException"/>; the
/// machine, for clients that do not, by a result. Changing a number changes what servers compute, so it is
/// part of the format.
/// </summary>
public static class KeyValueLimits
{
    /// <summary>The longest key, in bytes: 1024. The shortest is 1.</summary>
    public const int KeyBytesMax = 1024;

    /// <summary>
    /// The longest value, in bytes: 1 MiB. An empty value is a value. A compare-and-swap by value carries two
    /// of them, which have to keep this limit together; by revision it carries one.
    /// </summary>
    public const int ValueBytesMax = 1024 * 1024;

    /// <summary>The most entries in one page of a list: 10 000.</summary>
    public const int PageEntriesMax = 10_000;

    /// <summary>
    /// The most bytes in one page of a list: 512 KiB. A single larger entry is a page of its own: a page that
    /// is not the last always holds an entry, so that whoever follows the pages arrives.
    /// </summary>
    public const int PageBytesMax = 512 * 1024;

    /// <summary>
    /// The longest value that a failed compare-and-swap brings along, in bytes: 4 KiB. Results of commands
    /// are kept on every server until the client has them, so a longer value has to be read by a get.
    /// </summary>
    public const int ResultValueBytesMax = 4 * 1024;
}
