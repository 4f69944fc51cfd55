//! Why a signature was refused, and what was forgiven: codes, places, texts in both languages.

/// A refusal: which rule, where, and the offending name or address (never field values of the document).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at line {line}: {}", code.name(), self.en())]
pub struct SealFault {
    pub code: Code,
    /// Byte of the message at which the offending thing begins.
    pub at: usize,
    /// The same place as a line, the first being 1.
    pub line: usize,
    /// What stands there: an element's name or an algorithm's address, at most 120 characters; often empty.
    pub what: String,
}

impl SealFault {
    /// The refusal in Chinese.
    pub fn zh(&self) -> String {
        self.code.texts().0.replace("{}", &self.what)
    }

    /// The refusal in English.
    pub fn en(&self) -> String {
        self.code.texts().1.replace("{}", &self.what)
    }
}

/// A refusal that does not know its line yet.
#[derive(Debug)]
pub(super) struct Flaw {
    pub code: Code,
    pub at: usize,
    pub what: String,
}

impl Flaw {
    pub fn new(code: Code, at: usize, what: &str) -> Flaw {
        Flaw { code, at, what: what.chars().filter(|c| !c.is_control()).take(120).collect() }
    }

    pub fn of(self, message: &[u8]) -> SealFault {
        let at = match self.code {
            // Found before line ends were changed.
            Code::NotUtf8 => self.at,
            _ => super::guard::as_it_came(message, self.at),
        };
        let at = at.min(message.len());
        let line = 1 + memchr::memchr_iter(b'\n', &message[..at]).count();
        SealFault { code: self.code, at, line, what: self.what }
    }
}

macro_rules! texts {
    ($(#[$about:meta])* $kind:ident { $($(#[$doc:meta])* $name:ident $code:literal $zh:literal $en:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind { $($(#[$doc])* $name,)* }

        impl $kind {
            pub const ALL: &'static [$kind] = &[$($kind::$name,)*];

            /// The stable name that other programs may rely on.
            pub fn name(self) -> &'static str {
                match self { $($kind::$name => $code,)* }
            }

            /// The text in Chinese and in English; `{}` stands for what was found there.
            pub fn texts(self) -> (&'static str, &'static str) {
                match self { $($kind::$name => ($zh, $en),)* }
            }
        }
    };
}

texts! {
    /// Why a message's signature was refused.
    Code {
        NotUtf8 "SEAL_NOT_UTF8" "报文不是 UTF-8 编码。{}" "The message is not UTF-8. {}";
        NotXml "SEAL_NOT_XML" "报文不是格式良好的 XML。{}" "The message is not well-formed XML. {}";
        Doctype "SEAL_DOCTYPE_REFUSED" "报文不得含有 DOCTYPE 声明或实体定义。" "A message may not hold a DOCTYPE or define entities.";
        TooLarge "SEAL_TOO_LARGE" "报文过大,无法验签。" "The message is too large to be verified.";
        TooDeep "SEAL_TOO_DEEP" "元素嵌套超过 64 层。" "Elements are nested deeper than 64 levels.";
        TooManyAttributes "SEAL_TOO_MANY_ATTRIBUTES" "一个元素的属性超过 64 个。" "An element has more than 64 attributes.";
        TooManyNamespaces "SEAL_TOO_MANY_NAMESPACES" "同时有效的命名空间声明超过 64 个。" "More than 64 namespace declarations are in force at once.";
        Twice "SEAL_SIGNATURE_TWICE" "报文含有不止一个 Signature。" "The message holds more than one Signature.";
        Misplaced "SEAL_SIGNATURE_MISPLACED" "Signature 必须是根元素的最后一个子元素。" "The Signature must be the last child of the root element.";
        /// An element named Signature outside the name space of XML-DSig.
        Namespace "SEAL_SIGNATURE_NAMESPACE" "Signature 的命名空间应为 http://www.w3.org/2000/09/xmldsig#。" "The Signature must be in the namespace http://www.w3.org/2000/09/xmldsig#.";
        Shape "SEAL_SIGNATURE_SHAPE" "Signature 的结构不对:{}" "The Signature is not built as it should be: {}";
        Canonicalization "SEAL_CANONICALIZATION_REFUSED" "不支持的规范化算法:{}" "This canonicalization is not allowed: {}";
        Method "SEAL_SIGNATURE_METHOD_REFUSED" "不支持的签名算法:{}" "This signature algorithm is not allowed: {}";
        Digest "SEAL_DIGEST_METHOD_REFUSED" "不支持的摘要算法:{}" "This digest algorithm is not allowed here: {}";
        Reference "SEAL_REFERENCE_NOT_WHOLE" "Reference 的 URI 必须为空(整个报文),现为:{}" "The Reference must have URI=\"\" (the whole message), not: {}";
        References "SEAL_REFERENCES_MANY" "SignedInfo 只能有一个 Reference。" "SignedInfo must hold exactly one Reference.";
        Transform "SEAL_TRANSFORM_REFUSED" "只允许 enveloped-signature 一个变换:{}" "The only transform allowed is one enveloped-signature: {}";
        NotBase64 "SEAL_NOT_BASE64" "{} 不是有效的 base64。" "{} is not valid base64.";
        CertificateMissing "SEAL_CERTIFICATE_MISSING" "KeyInfo 中没有 X509Certificate。" "KeyInfo holds no X509Certificate.";
        CertificateMany "SEAL_CERTIFICATE_MANY" "KeyInfo 中有不止一个 X509Certificate。" "KeyInfo holds more than one X509Certificate.";
        CertificateUnreadable "SEAL_CERTIFICATE_UNREADABLE" "无法读取 X509Certificate 证书。" "The X509Certificate cannot be read as X.509.";
        Key "SEAL_KEY_REFUSED" "证书公钥不是 RSA(1024 至 4096 位)或 SM2(国密曲线):{}" "The certificate's key is neither RSA (1024 to 4096 bits) nor SM2 (national curve): {}";
        KeyDoesNotFit "SEAL_KEY_DOES_NOT_FIT" "证书公钥与签名算法不符。" "The certificate's key does not fit the signature algorithm.";
        DigestDiffers "SEAL_DIGEST_DIFFERS" "报文内容与签名时的摘要不一致,内容可能在签名后被改动。" "The content does not fit the digest that was signed; it may have been changed after signing.";
        SignatureWrong "SEAL_SIGNATURE_WRONG" "签名值与证书公钥不符。" "The signature value does not fit the certificate's key.";
        AlreadySigned "SEAL_ALREADY_SIGNED" "报文已有签名。" "The message is signed already.";
        Signer "SEAL_SIGNER_FAILED" "签名设备未能签名:{}" "The signer could not sign: {}";
    }
}

texts! {
    /// What a signature needed to be forgiven before it was accepted.
    Tolerance {
        SpaceBefore "SEAL_SPACE_BEFORE" "摘要未计入 Signature 之前的空白。" "The digest leaves out the white space before the Signature.";
        SpaceAfter "SEAL_SPACE_AFTER" "摘要未计入 Signature 之后的空白。" "The digest leaves out the white space after the Signature.";
        KeyName "SEAL_KEY_NAME_DIFFERS" "KeyName 与证书序列号不一致。" "KeyName is not the certificate's serial number.";
    }
}
