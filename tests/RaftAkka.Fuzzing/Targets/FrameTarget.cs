using RaftAkka.Tcp;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>Frames of the transport, in pieces: the first byte is the size of a piece.</summary>
internal sealed class FrameTarget() : FuzzTarget("frames")
{
    private const int FrameBytesMax = 1_310_720;

    public override IEnumerable<byte[]> Seeds() =>
    [
        [3, 0, 0, 0, 0], [16, 5, 0, 0, 0, 1, 2, 3, 4, 5, 1, 0, 0, 0, 9], [1, 0xff, 0xff, 0xff, 0xff],
        [9, .. BitConverter.GetBytes(FrameBytesMax + 1), 1], [255, .. BitConverter.GetBytes(300), .. new byte[300]],
    ];

    protected override void Decode(byte[] input)
    {
        if (input.Length == 0) return;

        var reader = new FrameReader(FrameBytesMax, littleEndian: true);
        var (piece, payloadBytes) = (Math.Max(1, (int)input[0]), 0L);
        var rest = input.AsSpan(1);
        while (!rest.IsEmpty)
        {
            var count = Math.Min(Math.Min(piece, rest.Length), reader.Free.Count);
            if (count == 0) throw new FuzzFailureException("frames: the reader has no room for more");
            rest[..count].CopyTo(reader.Free);
            reader.Add(count);
            rest = rest[count..];

            FrameReader.Found found;
            while ((found = reader.Next(out _, out var payload)) == FrameReader.Found.Whole) payloadBytes += payload.Length;
            if (found == FrameReader.Found.WrongLength) return;
        }

        if (payloadBytes > input.Length) throw new FuzzFailureException("frames: more payload than input");
    }
}
