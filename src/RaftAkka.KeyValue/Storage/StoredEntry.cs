namespace RaftAkka.KeyValue.Storage;

/// <summary>
/// One key as the store holds it. A captured tree and the living one share entries; what may be shared is never
/// changed, only replaced.
/// </summary>
internal sealed class StoredEntry(byte[] key, byte[] value, KeyVersion version)
{
    public byte[] Key { get; } = key;

    public byte[] Value { get; private set; } = value;

    public KeyVersion Version { get; private set; } = version;

    /// <summary>
    /// Puts another value in this one's place, for an entry that no capture shares. A value of the same length takes
    /// the old one's memory: a new array for each put would live just long enough to cost the collector most.
    /// </summary>
    public void Overwrite(ReadOnlySpan<byte> value, KeyVersion version)
    {
        if (value.Length == Value.Length) value.CopyTo(Value);
        else Value = value.ToArray();
        Version = version;
    }
}
