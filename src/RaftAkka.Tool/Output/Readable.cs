using System.Globalization;
using System.Text;

namespace RaftAkka.Tool.Output;

/// <summary>Bytes as one line of text: control characters and what is not UTF-8 are escaped.</summary>
internal static class Readable
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text that the bytes are, or null where they are not UTF-8.</summary>
    public static string? Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The bytes on one line, for people.</summary>
    public static string Line(ReadOnlySpan<byte> bytes)
    {
        var line = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status != System.Buffers.OperationStatus.Done)
                foreach (var b in bytes[..length]) line.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            else
                AppendRune(line, rune);
            bytes = bytes[length..];
        }
        return line.ToString();
    }

    private static void AppendRune(StringBuilder line, Rune rune)
    {
        switch (rune.Value)
        {
            case '\\': line.Append("\\\\"); break;
            case '\n': line.Append("\\n"); break;
            case '\r': line.Append("\\r"); break;
            case '\t': line.Append("\\t"); break;
            default:
                if (Rune.IsControl(rune)) line.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                else line.Append(rune.ToString());
                break;
        }
    }
}
