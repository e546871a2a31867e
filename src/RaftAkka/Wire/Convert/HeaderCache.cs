using RaftAkka.Protocol;

namespace RaftAkka.Wire;

/// <summary>
/// Remembers the headers read last. A peer's header stays the same for a whole term, so that the messages of
/// replication need not make the same three strings again and again. Safe from many threads: a slot is
/// replaced as a whole. Its size is fixed, so that a stranger's headers cannot make it grow.
/// </summary>
internal sealed class HeaderCache
{
    private readonly Slot?[] _slots = new Slot?[64];

    public MessageHeader Read(string manifest, ReadOnlyMemory<byte> bytes)
    {
        var place = Crc32C.Compute(bytes.Span) % (uint)_slots.Length;
        var slot = Volatile.Read(ref _slots[place]);
        if (slot is not null && bytes.Span.SequenceEqual(slot.Bytes)) return slot.Header;

        var header = Headers.Read(manifest, bytes);

        // Only a header as we write it: one with padding or unknown fields could be as long as a whole frame.
        if (bytes.Length == Headers.Bytes(header))
            Volatile.Write(ref _slots[place], new Slot(bytes.ToArray(), header));
        return header;
    }

    private sealed record Slot(byte[] Bytes, MessageHeader Header);
}
