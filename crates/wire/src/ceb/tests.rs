use super::*;
use trade::documents::{Document, MessageKind};

fn sample(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/ceb-samples/");
    std::fs::read(format!("{path}{name}")).unwrap()
}

#[test]
fn the_samples_are_read_into_documents() {
    for (name, kind) in [
        ("CEB311_order.xml", MessageKind::Order),
        ("CEB411_payment.xml", MessageKind::Payment),
        ("CEB511_waybill.xml", MessageKind::Waybill),
        ("CEB621_inventory_signed_rsa_sha1.xml", MessageKind::List),
        ("CEB621_inventory_unsigned.xml", MessageKind::List),
    ] {
        let message = read(&sample(name), &Nobody).unwrap();
        assert_eq!(message.kind, kind);
        assert_eq!(message.documents.len(), 1);
        let document = message.documents[0].outcome.clone().unwrap();
        assert_eq!(document.kind(), kind, "{name}");
        println!("{name} {:?}", message.notes);
        if let Document::List(list) = document {
            assert_eq!(list.lines.len(), 2);
            assert_eq!(list.gross_weight.to_string(), "2.35");
            assert_eq!(list.buyer.id_check, trade::documents::IdCheck::Valid);
        }
        assert_eq!(check(&sample(name), Mode::Strict).valid, name != "CEB621_inventory_unsigned.xml", "{name}");
    }
}
