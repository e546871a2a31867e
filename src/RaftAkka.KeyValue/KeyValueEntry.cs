using System.Text;

namespace RaftAkka.KeyValue;

/// <summary>
/// When a key was created and last changed. Revisions count the changes of the whole store: the first is 1.
/// </summary>
/// <param name="CreateRevision">
/// The revision that created the key; a key that was deleted is created anew.
/// </param>
/// <param name="ModRevision">The revision that last changed it.</param>
/// <param name="Version">How often it was put since it was created, 1 for the creation itself.</param>
public readonly record struct KeyVersion(long CreateRevision, long ModRevision, long Version);

/// <summary>A key and its value as the store holds it.</summary>
public sealed class KeyValueEntry
{
    internal KeyValueEntry(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, KeyVersion version) =>
        (Key, Value, KeyVersion) = (key, value, version);

    /// <summary>The key.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>The value.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>All three numbers at once.</summary>
    public KeyVersion KeyVersion { get; }

    /// <summary>The revision of the store that created the key.</summary>
    public long CreateRevision => KeyVersion.CreateRevision;

    /// <summary>The revision of the store that last changed the key.</summary>
    public long ModRevision => KeyVersion.ModRevision;

    /// <summary>How often the key was put since it was created, 1 for the creation itself.</summary>
    public long Version => KeyVersion.Version;

    /// <summary>The key as text; bytes that are no UTF-8 come out as U+FFFD.</summary>
    public string KeyText => Encoding.UTF8.GetString(Key.Span);

    /// <summary>The value as text; bytes that are no UTF-8 come out as U+FFFD.</summary>
    public string ValueText => Encoding.UTF8.GetString(Value.Span);

    /// <summary>The key, and what the value is; not the value itself, which may be large, or nobody's business in a log.</summary>
    public override string ToString() => $"{KeyText}: {Value.Length} bytes, revision {ModRevision}, version {Version}";
}
