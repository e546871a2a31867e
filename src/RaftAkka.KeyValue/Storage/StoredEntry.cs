namespace RaftAkka.KeyValue.Storage;

/// <summary>
/// One key as the store holds it. Never changed, only replaced: a captured tree and the living one share
/// entries.
/// </summary>
internal sealed class StoredEntry(byte[] key, byte[] value, KeyVersion version)
{
    public byte[] Key { get; } = key;

    public byte[] Value { get; } = value;

    public KeyVersion Version { get; } = version;
}
